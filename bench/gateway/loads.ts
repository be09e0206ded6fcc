import { join } from 'node:path'
import { PROFILES } from './data.ts'
import { canPin, GATEWAY_CORE } from './measure/pinned-process.ts'
import { coreBusyMs, cpuMs, idleCpuMs } from './measure/process-usage.ts'
import { runWrk, writeLuaScript } from './measure/wrk.ts'
import type { RunningContender, RunningSubgraphs } from './running.ts'
import type { Target } from './targets.ts'
import { spotCheck } from './verify.ts'
import { BATCH, SINGLE, type Work } from './work.ts'

export interface BenchLoad {
  name: string
  work: Work
  connections: number
}

export const LOADS: readonly BenchLoad[] = [
  { name: 'single c=1', work: SINGLE, connections: 1 },
  { name: 'single c=32', work: SINGLE, connections: 32 },
  { name: 'single c=128', work: SINGLE, connections: 128 },
  { name: 'batch c=4', work: BATCH, connections: 4 },
]

/** What one load showed of one target. */
export interface Measurement {
  /** User and system time of the gateway's process, from idle to idle. */
  cpuMsPerRequest: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  subgraphCallsPerRequest: number
  /** Requests that failed, and wrong answers among those that were looked at. */
  failures: number
  /** The share of the gateway's core that went to others: on a machine with a life of its own, figures get worse by it. */
  otherWork: number
}

export async function measure(
  target: Target,
  server: RunningContender,
  subgraphs: RunningSubgraphs,
  { work, connections }: BenchLoad,
  seconds: number,
): Promise<Measurement> {
  const script = join(subgraphs.folder, 'load.lua')
  const luaVariables = work.name === 'single' ? '\'{"id":\' .. id() .. "}"' : '\'{"ids":\' .. ids(100) .. "}"'
  writeLuaScript({ path: script, body: target.luaBody(work, luaVariables), profiles: PROFILES })
  const callsBefore = await subgraphs.calls()
  await idleCpuMs(server.pid)
  const before = cpuMs(server.pid)
  const busyBefore = coreBusyMs(GATEWAY_CORE)
  const started = performance.now()
  const end = new AbortController()
  const checks = spotCheck(target, server.url, work, end.signal)
  const load = await runWrk({ url: server.url + target.path(work), script, connections, seconds })
  end.abort()
  const { asked, wrong } = await checks
  const after = await idleCpuMs(server.pid)
  const otherMs = coreBusyMs(GATEWAY_CORE) - busyBefore - (after - before)
  // What was in flight at the end was worked on, but wrk does not count it.
  const requests = load.requests + connections + asked
  return {
    cpuMsPerRequest: (after - before) / requests,
    requestsPerSecond: load.requestsPerSecond,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    subgraphCallsPerRequest: ((await subgraphs.calls()) - callsBefore) / requests,
    failures: load.failures + wrong,
    otherWork: canPin ? Math.max(0, otherMs / (performance.now() - started)) : 0,
  }
}
