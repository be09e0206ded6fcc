import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { PROFILES } from './data.ts'
import { readMetrics } from './measure/read-metrics.ts'
import { residentMegabytes } from './measure/process-usage.ts'
import { luaString, runWrk, writeLuaScript } from './measure/wrk.ts'
import type { GatewayBenchOptions } from './options.ts'
import { startContender, type RunningContender, type RunningSubgraphs } from './running.ts'
import { monogram } from './targets.ts'
import { SINGLE } from './work.ts'

/** Ends with so many requests, or after so many chunks. */
interface MemoryRun {
  requests: number
  documents: number
  /** Of so many requests one has a document that is most often not planned yet; the others render a warm one. */
  oneIn: number
  chunks: number
  chunkSeconds: number
}

const SHORT: MemoryRun = { requests: Infinity, documents: 200, oneIn: 40, chunks: 8, chunkSeconds: 2 }
const LONG: MemoryRun = { requests: 1_000_000, documents: 10_000, oneIn: 40, chunks: 54, chunkSeconds: 10 }
const CONNECTIONS = 32
/** What is allowed of the gateway and the process of its planner together, in megabytes. */
const MAX_MEMORY = { op: '<=', value: 500 } as const

/** What one chunk of the run showed. */
interface Sample {
  residentMb: number
  /** The least that was used at any time of the chunk: what garbage collection leaves. */
  leastHeapMb: number
}

/**
 * Memory of Monogram under distinct documents, and whether it still grows in the second half of the run, when all caches
 * have had time to fill; and how long a warm document takes beside them. Medians of quarters, since memory goes up and
 * down with garbage collection. The default run is too short to say more than that nothing leaks fast.
 *
 * To validate, plan and compile a document takes some 3 CPU-ms, so a million of nothing else would take an hour: as in
 * an attack on a gateway that has other work, they come among renders.
 */
export async function memoryFigures(
  subgraphs: RunningSubgraphs,
  { memory, only }: GatewayBenchOptions,
): Promise<Figure[]> {
  if (only.length > 0 && !memory) return []
  const run = memory ? LONG : SHORT
  await using server = await startContender(monogram, subgraphs)
  const script = join(subgraphs.folder, 'memory.lua')
  writeLuaScript({
    path: script,
    body: [luaString('{"deadlineMs":10000,"variables":{"id":'), 'id()', luaString('}}')].join(' .. '),
    sometimes: { oneIn: run.oneIn, path: '/graphql', body: distinctDocuments(run.documents) },
    profiles: PROFILES,
  })
  const samples: Sample[] = []
  const warmMs: number[] = []
  let requests = 0
  let failures = 0
  console.error(`memory: ${run.documents} distinct documents`)
  while (requests < run.requests && samples.length < run.chunks) {
    const url = `${server.url}/render/${SINGLE.documentId}`
    const end = new AbortController()
    const heap = leastHeap(server, end.signal)
    const warm = renderNowAndThen(url, warmMs, end.signal)
    const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: run.chunkSeconds })
    end.abort()
    await warm
    if (load.requests === 0) throw new Error(`nothing was answered any more:\n${server.output()}`)
    requests += load.requests
    failures += load.failures
    samples.push({ residentMb: residentMegabytes(server.pid), leastHeapMb: await heap })
  }
  const conditions =
    `${requests} requests, one in ${run.oneIn} of them to /graphql with one of ${run.documents} documents, the rest a warm ` +
    `render, c=${CONNECTIONS}; ${await cacheCounts(server)}` +
    (failures === 0 ? '' : `; ${failures} requests failed`) +
    (memory ? '' : '; the long run needs --memory')
  const flat = memory ? ({ op: '<=', value: 1.1 } as const) : null
  const resident = quarters(samples.map(({ residentMb }) => residentMb))
  const heap = quarters(samples.map(({ leastHeapMb }) => leastHeapMb))
  return [
    figure('memory in the last quarter', resident.last, 'MB', conditions, memory ? MAX_MEMORY : null),
    figure(
      'memory in the last quarter / in the third quarter',
      resident.last / resident.third,
      'x',
      conditions,
      flat,
    ),
    figure('heap after garbage collection in the last quarter', heap.last, 'MB', conditions),
    figure('heap in the last quarter / in the third quarter', heap.last / heap.third, 'x', conditions, flat),
    figure('warm render beside distinct documents: p99', percentile(warmMs, 0.99), 'ms', conditions),
  ]
}

function quarters(samples: readonly number[]): { third: number; last: number } {
  const part = (from: number, to: number): number =>
    percentile(samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)), 0.5)
  return { third: part(0.5, 0.75), last: part(0.75, 1) }
}

/** In megabytes, looked at four times a second. */
async function leastHeap({ url }: RunningContender, signal: AbortSignal): Promise<number> {
  let least = Infinity
  while (!signal.aborted) {
    const used = (await readMetrics(url)).get('nodejs_heap_size_used_bytes') ?? Infinity
    least = Math.min(least, used / 2 ** 20)
    await pause(250, null, { signal }).catch(() => undefined)
  }
  return least
}

/** Times renders of a document that is always warm. */
async function renderNowAndThen(url: string, times: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now()
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ variables: { id: 'profile-1' } }),
    })
    await response.text()
    times.push(performance.now() - startedAt)
    await pause(50, null, { signal }).catch(() => undefined)
  }
}

async function cacheCounts({ url }: RunningContender): Promise<string> {
  const metrics = await readMetrics(url)
  const count = (name: string): number => metrics.get(`monogram_document_cache_${name}`) ?? Number.NaN
  return `${count('entries')} documents kept, ${count('hits_total')} hits, ${count('misses_total')} misses`
}

/** The single document under a random name, which makes it another document for every cache by text. */
function distinctDocuments(count: number): string {
  const [before, after] = JSON.stringify(SINGLE.document).split('EmailRender')
  const name = `"EmailRender" .. math.random(1, ${count})`
  return [
    luaString(`{"query":${before ?? ''}`),
    name,
    luaString(`${after ?? ''},"variables":{"id":`),
    'id()',
    luaString('}}'),
  ].join(' .. ')
}
