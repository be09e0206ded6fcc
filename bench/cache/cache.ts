import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../platform/project-root.ts'
import { PROFILES } from '../gateway/data.ts'
import { canPin, GATEWAY_CORE, startPinned } from '../gateway/measure/pinned-process.ts'
import { cpuMs, idleCpuMs } from '../gateway/measure/process-usage.ts'
import { luaString, runWrk, wrkIsInstalled, writeLuaScript } from '../gateway/measure/wrk.ts'
import { startSubgraphs, type RunningSubgraphs } from '../gateway/running.ts'
import { expectedData, SINGLE } from '../gateway/work.ts'
import { figure, type Figure } from '../support/figures.ts'
import { composeCachedSupergraph } from './supergraph.ts'

const ROUNDS = 5
const SECONDS = 3
const CONNECTIONS = 32
const MAX_WARM_CHUNKS = 12
/** Holds every profile of the bench, and as many again. */
const ROOMY = 400_000_000
/** Of the identifiers that were not asked before: the same rows under other names, so that there is no end of them. */
const COLD = `('"profile-' .. string.rep("0", math.random(1, 80)) .. math.random(0, ${PROFILES - 1}) .. '"')`

interface Contender {
  name: string
  url: string
  pid: number
  /** The body of a request, as a Lua expression. */
  body: string
  goal: number | null
}

/**
 * The render lane of a gateway whose cache has all, and nine of ten, of what random recipients need, beside a bare echo of
 * the same answer: CPU time a request, in the same run. Rounds take turns; figures are medians.
 */
export async function cacheBench(): Promise<Figure[]> {
  if (!wrkIsInstalled()) {
    return [figure('cache bench skipped', 0, '', 'wrk is not installed: apt-get install -y wrk')]
  }
  await using subgraphs = await startSubgraphs()
  const supergraphFile = join(subgraphs.folder, 'cached.graphql')
  writeFileSync(supergraphFile, composeCachedSupergraph(subgraphs.addresses))
  await using echo = startServer('echo', [])
  await using gateway = startServer('serve-gateway', [
    supergraphFile,
    JSON.stringify(subgraphs.addresses),
    String(ROOMY),
  ])
  const gatewayUrl = `${await gateway.firstLine}/render/${SINGLE.documentId}`
  const answer = JSON.stringify({ data: expectedData(SINGLE, [4_711]), extensions: { degraded: [] } })
  await verify(gatewayUrl)
  await warm(gatewayUrl, subgraphs)
  const contenders: Contender[] = [
    { name: 'echo', url: await echo.firstLine, pid: echo.pid, body: luaString(answer), goal: null },
    { name: 'near hits', url: gatewayUrl, pid: gateway.pid, body: renderOf('id()'), goal: 2.5 },
    {
      name: '90 % hits',
      url: gatewayUrl,
      pid: gateway.pid,
      body: renderOf(`(math.random() < 0.1 and ${COLD} or id())`),
      goal: 4,
    },
  ]
  const rounds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (const contender of contenders) await measure(contender, subgraphs)
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      rounds.get(contender.name)?.push(await measure(contender, subgraphs))
    }
  }
  const ofEcho = median(rounds.get('echo') ?? [])
  const conditions = `random ids, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s, ${canPin ? 'pinned to a core' : 'not pinned'}`
  return contenders.map(({ name, goal }) => {
    const value = median(rounds.get(name) ?? [])
    if (goal === null)
      return figure('echo', value, 'CPU-ms a request', `${conditions}; ${answer.length} bytes`)
    return {
      ...figure(`${name}, beside the echo`, value / ofEcho, 'x', conditions, { op: '<=', value: goal }),
      peer: {
        name: 'echo',
        value: Number(ofEcho.toPrecision(4)),
        ratio: Number((value / ofEcho).toPrecision(4)),
      },
    }
  })
}

function startServer(name: string, args: readonly string[]): ReturnType<typeof startPinned> {
  const root = projectRoot(import.meta.url)
  return startPinned({
    command: ['node', join(root, 'dist', 'bench', 'cache', `${name}.js`), ...args],
    core: GATEWAY_CORE,
    cwd: root,
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
        const { data } = (await response.json()) as { data: unknown }
        if (JSON.stringify(data) === JSON.stringify(expectedData(SINGLE, [at + index]))) return
        throw new Error(`the gateway gave a wrong answer for ${id}: ${JSON.stringify(data)}`)
      }),
    )
  }
}

/** Every profile again and again: a warm render is one whose recipient was rendered before. */
async function warm(url: string, { folder }: RunningSubgraphs): Promise<void> {
  const script = join(folder, 'warm.lua')
  const next = `(function() n = ((n or 0) + 1) % ${PROFILES}; return '"profile-' .. n .. '"' end)()`
  writeLuaScript({ path: script, body: renderOf(next), profiles: PROFILES })
  let requests = 0
  for (let chunk = 0; requests < 4 * PROFILES && chunk < MAX_WARM_CHUNKS; chunk++) {
    const load = await runWrk({ url, script, connections: CONNECTIONS, seconds: SECONDS })
    requests += load.requests
  }
}

/** The body of a render, as a Lua expression around that of an id. */
function renderOf(id: string): string {
  return `'{"deadlineMs":10000,"variables":{"id":' .. ${id} .. "}}"`
}

async function measure({ url, pid, body, name }: Contender, { folder }: RunningSubgraphs): Promise<number> {
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
