import { MonogramError } from '../../core/errors.ts'
import type { Config } from '../../platform/config/config.ts'
import { silentLog } from '../../platform/log.ts'
import { describeSharedStream } from '../../stream/open-stream.ts'
import { askProcesses, describeProcess } from '../ask-processes.ts'
import { openStreamOf, signerOf } from '../open-stream.ts'
import { checkDistributed, isDistributed, roleSetOf } from '../role-set.ts'

export interface DeploymentCheck {
  name: string
  ok: boolean
  found: string
}

/** What a process that shares its store needs of others; nothing for one that does not. */
export async function checkDeployment(config: Config): Promise<DeploymentCheck[]> {
  if (!isDistributed(config)) return []
  const processes = await askProcesses(config.subgraphUrls, signerOf(config))
  return [
    checkSettings(config),
    ...(config.redisUrl === null ? [] : [await checkRedis(config, config.redisUrl)]),
    ...processes.map(({ subgraph, url, ready, problem }) => ({
      name: `subgraph ${subgraph}`,
      ok: problem === null,
      found: describeProcess({ url, ready, problem }),
    })),
  ]
}

function checkSettings(config: Config): DeploymentCheck {
  const set = roleSetOf(config.roles)
  const name = 'roles'
  try {
    checkDistributed(config, set)
    return { name, ok: true, found: set.isWhole ? 'everything' : set.roles.join(', ') }
  } catch (error) {
    if (!(error instanceof MonogramError)) throw error
    return { name, ok: false, found: error.message.replaceAll('\n', '; ') }
  }
}

/** Whether it answers, takes writes, and has the settings of docs/operations.md. */
async function checkRedis(config: Config, url: string): Promise<DeploymentCheck> {
  const name = 'Redis'
  try {
    const { found, complaints } = await describeSharedStream(url)
    await using stream = await openStreamOf(config, silentLog())
    await (await stream.leases.acquire('doctor', 100))?.release()
    return { name, ok: complaints.length === 0, found: [`answers: ${found}`, ...complaints].join('; ') }
  } catch (error) {
    return { name, ok: false, found: error instanceof Error ? error.message : String(error) }
  }
}
