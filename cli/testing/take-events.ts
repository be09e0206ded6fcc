import { loadConfig } from '../../platform/config/load-config.ts'
import { silentLog } from '../../platform/log.ts'
import { openServices } from '../open-services.ts'

/** Accepts these events into the data folder that `env` names, and returns when all that they change is materialised. */
export async function takeEvents(raws: readonly object[], env: Record<string, string>): Promise<void> {
  const { config } = await loadConfig(env)
  await using services = await openServices(config, silentLog())
  await services.accept(raws, { source: 'test', maxEventBytes: 32_768 })
  await services.settled()
}
