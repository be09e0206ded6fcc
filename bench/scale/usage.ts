import { cpus } from 'node:os'
import type { Cluster } from '../../tests/support/cluster.ts'
import type { RunningRedis } from '../../tests/support/servers/redis-server.ts'
import { coreBusyMs, cpuMs } from '../gateway/measure/process-usage.ts'
import { redisCpuMs, redisInfo } from '../support/redis-info.ts'
import type { CountingProxy } from './counting-proxy.ts'

/** All that takes part. */
export interface Parties {
  cluster: Cluster
  documents: { pid: number }
  proxy: CountingProxy
  redis: RunningRedis
}

/** What was used between two looks. */
export interface Usage {
  seconds: number
  /** By service of the cluster; `documents`, `redis` and `load`, which is this process with the proxy. */
  cpuMs: Record<string, number>
  /** What all cores of the machine have worked, for whomever. */
  machineMs: number
  storeCalls: number
  storeBytes: number
  /** Those inside of scripts included. */
  redisCommands: number
  redisBytes: number
}

/** What all of them use while something is done. Processes must not be started or ended meanwhile. */
export async function usageOf(parties: Parties, work: () => Promise<unknown>): Promise<Usage> {
  const before = await look(parties)
  await work()
  const after = await look(parties)
  const difference = (name: Exclude<keyof Usage, 'cpuMs'>): number => after[name] - before[name]
  return {
    seconds: difference('seconds'),
    cpuMs: Object.fromEntries(
      Object.entries(after.cpuMs).map(([name, ms]) => [name, ms - (before.cpuMs[name] ?? 0)]),
    ),
    machineMs: difference('machineMs'),
    storeCalls: difference('storeCalls'),
    storeBytes: difference('storeBytes'),
    redisCommands: difference('redisCommands'),
    redisBytes: difference('redisBytes'),
  }
}

async function look({ cluster, documents, proxy, redis }: Parties): Promise<Usage> {
  const used: Record<string, number> = {}
  for (const name of cluster.names) {
    const service = name.slice(0, name.lastIndexOf('-'))
    used[service] = (used[service] ?? 0) + cpuMs(cluster.process(name).pid)
  }
  const { user, system } = process.cpuUsage()
  const [commands = 0, bytesIn = 0, bytesOut = 0] = await redisInfo(
    redis.port,
    'total_commands_processed',
    'total_net_input_bytes',
    'total_net_output_bytes',
  )
  const { calls, bytes } = proxy.traffic()
  return {
    seconds: performance.now() / 1_000,
    cpuMs: {
      ...used,
      documents: cpuMs(documents.pid),
      redis: await redisCpuMs(redis.port),
      load: (user + system) / 1_000,
    },
    machineMs: cpus().reduce((sum, _, core) => sum + coreBusyMs(core), 0),
    storeCalls: calls,
    storeBytes: bytes,
    redisCommands: commands,
    redisBytes: bytesIn + bytesOut,
  }
}
