import { setTimeout as delay } from 'node:timers/promises'
import { MonogramError } from '../core/errors.ts'
import type { Config } from '../platform/config/config.ts'
import { readLockInfo } from '../storage/embedded/lock.ts'
import { commandHandlers, type CommandName, type Commands } from './command-handlers.ts'
import { callControl } from './control/control-client.ts'
import type { CommandContext } from './control/protocol.ts'
import { isDistributed } from './role-set.ts'
import type { OpenServices, Services } from './services.ts'

export interface WithStoreOptions extends CommandContext {
  config: Config
  openServices: OpenServices
  /** For how long a folder that is locked, with nobody to be reached, is tried again: a server may be starting. */
  lockWaitMs?: number
}

const RETRY_MS = 200

/**
 * Carries out a command where the data is: in the running server, if there is one, through its control socket; else
 * here, with the data folder opened for this process alone. What a killed process left behind hinders neither.
 */
export async function withStore<N extends CommandName>(
  name: N,
  args: Commands[N]['args'],
  options: WithStoreOptions,
): Promise<Commands[N]['result']> {
  const { config, openServices, onProgress, signal, lockWaitMs = 5_000 } = options
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const socket = isDistributed(config) ? null : (await readLockInfo(config.dataDir))?.socket
    const answer = socket ? await callControl(socket, name, args, { onProgress, signal }) : null
    // What the server of the same command name sends is of the type that the handler gives.
    if (answer) return answer.result as Commands[N]['result']
    const opened = await tryOpen(openServices, config)
    if ('services' in opened) {
      await using services = opened.services
      return await commandHandlers(services)[name](args, { onProgress, signal })
    }
    if (waitedMs >= lockWaitMs) throw opened.locked
    await delay(RETRY_MS, undefined, { signal })
  }
}

async function tryOpen(
  openServices: OpenServices,
  config: Config,
): Promise<{ services: Services & AsyncDisposable } | { locked: MonogramError }> {
  try {
    return { services: await openServices(config) }
  } catch (error) {
    if (error instanceof MonogramError && error.code === 'DATA_DIR_LOCKED') return { locked: error }
    throw error
  }
}
