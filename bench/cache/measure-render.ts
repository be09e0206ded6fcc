import { join } from 'node:path'
import { PROFILES } from '../gateway/data.ts'
import { cpuMs, idleCpuMs } from '../gateway/measure/process-usage.ts'
import { runWrk, writeLuaScript } from '../gateway/measure/wrk.ts'
import { expectedData, SINGLE } from '../gateway/work.ts'
import { redisCpuMs, redisScripts } from '../support/redis-info.ts'
import { renderOf, type Contender } from './render-lane.ts'

export const SECONDS = 3
export const CONNECTIONS = 32
const MAX_WARM_CHUNKS = 12

/** What a request took, in one round. */
export interface Measurement {
  cpuMs: number
  /** Few where the machine is busy with something else: each then costs more, since caches are cold. */
  requestsPerSecond: number
  /** Null where there is no Redis. */
  redis: { cpuMs: number; scripts: number; scriptMs: number } | null
}

export async function measure(
  { url, pid, body, name, redisPort }: Contender,
  folder: string,
): Promise<Measurement> {
  const script = join(folder, 'cache.lua')
  writeLuaScript({ path: script, body, profiles: PROFILES })
  await idleCpuMs(pid)
  const before = cpuMs(pid)
  const redisBefore = await redisUsage(redisPort)
  const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: SECONDS })
  const used = (await idleCpuMs(pid)) - before
  const redisUsed = await redisUsage(redisPort)
  if (load.failures > 0) console.error(`${name}: ${load.failures} requests failed`)
  const requests = load.requests + CONNECTIONS
  const cpuMsPerRequest = used / requests
  console.error(
    `${name}: ${cpuMsPerRequest.toFixed(4)} CPU-ms a request, ${load.requestsPerSecond.toFixed(0)} requests/s`,
  )
  const redis = redisBefore && redisUsed && perRequest(redisBefore, redisUsed, requests)
  return { cpuMs: cpuMsPerRequest, requestsPerSecond: load.requestsPerSecond, redis }
}

interface RedisUsage {
  cpuMs: number
  scripts: number
  scriptMs: number
}

async function redisUsage(port: number | null): Promise<RedisUsage | null> {
  if (port === null) return null
  const { calls, ms } = await redisScripts(port)
  return { cpuMs: await redisCpuMs(port), scripts: calls, scriptMs: ms }
}

function perRequest(before: RedisUsage, after: RedisUsage, requests: number): RedisUsage {
  return {
    cpuMs: (after.cpuMs - before.cpuMs) / requests,
    scripts: (after.scripts - before.scripts) / requests,
    scriptMs: (after.scriptMs - before.scriptMs) / requests,
  }
}

/** Every profile once, each answer compared with what is right. */
export async function verify(url: string): Promise<void> {
  const ids = Array.from({ length: PROFILES }, (_, n) => `profile-${n}`)
  for (let at = 0; at < ids.length; at += 64) {
    await Promise.all(
      ids.slice(at, at + 64).map(async (id, index) => {
        const body = JSON.stringify({ deadlineMs: 10_000, variables: { id } })
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(url, { method: 'POST', headers, body })
        const answer = (await response.json()) as { data: unknown }
        if (JSON.stringify(answer.data) === JSON.stringify(expectedData(SINGLE, [at + index]))) return
        throw new Error(`the gateway gave a wrong answer for ${id}: ${JSON.stringify(answer)}`)
      }),
    )
  }
}

/** Every profile again and again: a warm render is one whose recipient was rendered before. */
export async function warm(url: string, folder: string): Promise<void> {
  const script = join(folder, 'warm.lua')
  const next = `(function() n = ((n or 0) + 1) % ${PROFILES}; return '"profile-' .. n .. '"' end)()`
  writeLuaScript({ path: script, body: renderOf(next), profiles: PROFILES })
  let requests = 0
  for (let chunk = 0; requests < 4 * PROFILES && chunk < MAX_WARM_CHUNKS; chunk++) {
    const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: SECONDS })
    requests += load.requests
  }
}
