import { MonogramError } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Gateway } from './create-gateway.ts'

/** A gateway with all that was loaded for it. Disposing of it closes its subgraphs. */
export interface Generation extends AsyncDisposable {
  gateway: Gateway
  /** Resolves when nothing uses it. */
  idle(): Promise<void>
}

export interface Generations<G extends Generation> extends AsyncDisposable {
  readonly current: G
  /** The gateway of whatever generation is the current one when it is asked. */
  readonly gateway: Gateway
  /**
   * Loads anew and puts that in the old one's place at once. When it cannot be loaded the old one stays, and the log
   * says why. Any number of calls while one is under way are one more, after it.
   */
  reload(): Promise<void>
}

/** Rejects when the first cannot be loaded. A generation that was replaced is closed when its last request has ended. */
export async function createGenerations<G extends Generation>({
  load,
  log,
}: {
  load: () => Promise<G>
  log: Log
}): Promise<Generations<G>> {
  let current = await load()
  let reloading: Promise<void> | null = null
  let isWanted = false
  const retired = new Set<Promise<void>>()

  return {
    get current() {
      return current
    },
    gateway: {
      get schema() {
        return current.gateway.schema
      },
      get limits() {
        return current.gateway.limits
      },
      get cacheCounts() {
        return current.gateway.cacheCounts
      },
      plan: (...asked) => current.gateway.plan(...asked),
      keep: (document) => current.gateway.keep(document),
      execute: (request) => current.gateway.execute(request),
      executeToJson: (request) => current.gateway.executeToJson(request),
      subscribe: (request) => current.gateway.subscribe(request),
      [Symbol.asyncDispose]: dispose,
    },
    reload() {
      isWanted = true
      reloading ??= reloadWhileWanted().finally(() => (reloading = null))
      return reloading
    },
    [Symbol.asyncDispose]: dispose,
  }

  async function dispose(): Promise<void> {
    isWanted = false
    await reloading
    await Promise.all([...retired, current[Symbol.asyncDispose]()])
  }

  async function reloadWhileWanted(): Promise<void> {
    while (isWanted) {
      isWanted = false
      try {
        const next = await load()
        retire(current)
        current = next
        log.info('loaded anew')
      } catch (error) {
        const why = error instanceof MonogramError ? { reason: error.message } : { err: error }
        log.error(why, 'cannot be loaded anew; what was there stays in force')
      }
    }
  }

  function retire(old: G): void {
    const closed: Promise<void> = old
      .idle()
      .then(() => old[Symbol.asyncDispose]())
      .catch((error: unknown) => log.error({ err: error }, 'closing what was replaced failed'))
      .finally(() => retired.delete(closed))
    retired.add(closed)
  }
}
