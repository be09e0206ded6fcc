import { join } from 'node:path'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { PROFILES } from './data.ts'
import { residentMegabytes } from './measure/process-usage.ts'
import { luaString, runWrk, writeLuaScript } from './measure/wrk.ts'
import type { GatewayBenchOptions } from './options.ts'
import { startContender, type RunningSubgraphs } from './running.ts'
import { monogram } from './targets.ts'
import { SINGLE } from './work.ts'

/** Ends with so many requests, or after so many chunks. */
interface MemoryRun {
  requests: number
  documents: number
  chunks: number
  chunkSeconds: number
}

const SHORT: MemoryRun = { requests: Infinity, documents: 200, chunks: 8, chunkSeconds: 2 }
const LONG: MemoryRun = { requests: 1_000_000, documents: 10_000, chunks: 400, chunkSeconds: 10 }
const CONNECTIONS = 32

/**
 * Resident memory of Monogram under distinct documents, and whether it still grows in the second half of the run, when
 * all caches have had time to fill. Medians of quarters, since memory goes up and down with garbage collection. The
 * default run is too short to say more than that nothing leaks fast.
 */
export async function memoryFigures(
  subgraphs: RunningSubgraphs,
  { memory, only }: GatewayBenchOptions,
): Promise<Figure[]> {
  if (only.length > 0 && !memory) return []
  const run = memory ? LONG : SHORT
  await using server = await startContender(monogram, subgraphs)
  const script = join(subgraphs.folder, 'memory.lua')
  writeLuaScript({ path: script, body: distinctDocuments(run.documents), profiles: PROFILES })
  const samples: number[] = []
  let requests = 0
  let failures = 0
  console.error(`memory: ${run.documents} distinct documents`)
  while (requests < run.requests && samples.length < run.chunks) {
    const url = `${server.url}/graphql`
    const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: run.chunkSeconds })
    if (load.requests === 0) throw new Error(`nothing was answered any more:\n${server.output()}`)
    requests += load.requests
    failures += load.failures
    samples.push(residentMegabytes(server.pid))
  }
  const quarter = (from: number, to: number): number => {
    return percentile(samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)), 0.5)
  }
  const [third, last] = [quarter(0.5, 0.75), quarter(0.75, 1)]
  const conditions =
    `${requests} requests to /graphql with ${run.documents} distinct documents, c=${CONNECTIONS}` +
    (failures === 0 ? '' : `; ${failures} requests failed`) +
    (memory ? '' : '; the long run needs --memory')
  const flat = memory ? ({ op: '<=', value: 1.1 } as const) : null
  return [
    figure('memory in the last quarter', last, 'MB', conditions),
    figure('memory in the last quarter / in the third quarter', last / third, 'x', conditions, flat),
  ]
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
