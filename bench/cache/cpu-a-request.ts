import { join } from 'node:path'
import { PROFILES } from '../gateway/data.ts'
import { canPin } from '../gateway/measure/pinned-process.ts'
import { cpuMs, idleCpuMs } from '../gateway/measure/process-usage.ts'
import { runWrk, writeLuaScript } from '../gateway/measure/wrk.ts'
import { expectedData, SINGLE } from '../gateway/work.ts'
import { figure, type Figure } from '../support/figures.ts'
import { renderOf, startContenders, type Contender, type RunningContenders } from './render-lane.ts'

const ROUNDS = 5
const SECONDS = 3
const CONNECTIONS = 32
const MAX_WARM_CHUNKS = 12

/**
 * CPU time of a render of which the cache has all, nine of ten, or all in Redis alone, beside a bare echo of the same
 * answer in the same run. Rounds take turns; figures are medians.
 */
export async function cpuARequest(): Promise<Figure[]> {
  await using running = await startContenders()
  const { all, bytes } = running
  for (const url of new Set(all.filter(({ goal }) => goal !== null).map((each) => each.url))) {
    // What a server is slow to take at first it takes the second time.
    for (let i = 0; i < 2; i++) await verify(url)
    await warm(url, running)
  }
  const rounds = new Map<string, number[]>(all.map(({ name }) => [name, []]))
  for (const contender of all) await measure(contender, running)
  const before = await countsOf(all)
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of all) rounds.get(contender.name)?.push(await measure(contender, running))
  }
  const ofEcho = median(rounds.get('echo') ?? [])
  const conditions = `random ids, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s, ${canPin ? 'pinned to a core' : 'not pinned'}`
  const levels = await levelsSince(before, all)
  return all.map(({ name, goal, url }) => {
    const value = median(rounds.get(name) ?? [])
    if (goal === null) return figure('echo', value, 'CPU-ms a request', `${conditions}; ${bytes} bytes`)
    return {
      ...figure(
        `${name}, beside the echo`,
        value / ofEcho,
        'x',
        `${conditions}; entities of this gateway: ${levels.get(url) ?? ''}`,
        { op: '<=', value: goal },
      ),
      peer: {
        name: 'echo',
        value: Number(ofEcho.toPrecision(4)),
        ratio: Number((value / ofEcho).toPrecision(4)),
      },
    }
  })
}

/** Every profile once, each answer compared with what is right. */
async function verify(url: string): Promise<void> {
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
async function warm(url: string, { folder }: RunningContenders): Promise<void> {
  const script = join(folder, 'warm.lua')
  const next = `(function() n = ((n or 0) + 1) % ${PROFILES}; return '"profile-' .. n .. '"' end)()`
  writeLuaScript({ path: script, body: renderOf(next), profiles: PROFILES })
  let requests = 0
  for (let chunk = 0; requests < 4 * PROFILES && chunk < MAX_WARM_CHUNKS; chunk++) {
    const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: SECONDS })
    requests += load.requests
  }
}

async function measure({ url, pid, body, name }: Contender, { folder }: RunningContenders): Promise<number> {
  const script = join(folder, 'cache.lua')
  writeLuaScript({ path: script, body, profiles: PROFILES })
  await idleCpuMs(pid)
  const before = cpuMs(pid)
  const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: SECONDS })
  const used = (await idleCpuMs(pid)) - before
  if (load.failures > 0) console.error(`${name}: ${load.failures} requests failed`)
  const cpuMsPerRequest = used / (load.requests + CONNECTIONS)
  console.error(
    `${name}: ${cpuMsPerRequest.toFixed(4)} CPU-ms a request, ${load.requestsPerSecond.toFixed(0)} requests/s`,
  )
  return cpuMsPerRequest
}

/** From where entities came, by the gateway's address. */
type Counts = ReadonlyMap<string, { near: number; Redis: number; subgraphs: number }>

async function countsOf(contenders: readonly Contender[]): Promise<Counts> {
  const urls = new Set(contenders.filter(({ goal }) => goal !== null).map(({ url }) => url))
  return new Map(
    await Promise.all(
      [...urls].map(async (url) => {
        const response = await fetch(new URL('/counts', url))
        const { hits, misses } = (await response.json()) as {
          hits: { near: number; store: number }
          misses: number
        }
        return [url, { near: hits.near, Redis: hits.store, subgraphs: misses }] as const
      }),
    ),
  )
}

async function levelsSince(
  before: Counts,
  contenders: readonly Contender[],
): Promise<ReadonlyMap<string, string>> {
  const now = await countsOf(contenders)
  return new Map(
    Array.from(now, ([url, counts]) => {
      const then = before.get(url) ?? { near: 0, Redis: 0, subgraphs: 0 }
      const since = Object.entries(counts).map(
        ([level, count]) => [level, count - then[level as keyof typeof then]] as const,
      )
      const all = since.reduce((sum, [, count]) => sum + count, 0)
      return [url, since.map(([level, count]) => `${((100 * count) / all).toFixed(1)} % ${level}`).join(', ')]
    }),
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
