import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { projectRoot } from '../../platform/project-root.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { PROFILES } from '../gateway/data.ts'
import {
  GATEWAY_CORE,
  OTHER_CORE,
  pinRunning,
  startPinned,
  type PinnedProcess,
} from '../gateway/measure/pinned-process.ts'
import { luaString } from '../gateway/measure/wrk.ts'
import { startSubgraphs } from '../gateway/running.ts'
import { expectedData, SINGLE } from '../gateway/work.ts'
import { isWanted } from '../support/options.ts'
import type { CacheBenchOptions } from './options.ts'
import { composeCachedSupergraph } from './supergraph.ts'

/** Something that answers a render, or as much text, and by how much of the echo's time it may do it. */
export interface Contender {
  name: string
  url: string
  pid: number
  /** The body of a request, as a Lua expression. */
  body: string
  goal: number | null
  redisPort: number | null
}

/** What is measured beside the echo. */
export const RENDERS = ['near hits', '90 % hits', 'Redis hits'] as const

export interface RunningContenders extends AsyncDisposable {
  all: readonly Contender[]
  /** A place for files of this run. */
  folder: string
  /** Of one answer. */
  bytes: number
}

/** Holds every profile of the bench, and as many again. */
const ROOMY = 400_000_000
/** Holds a few of the 32,000 entities: what is asked is hardly ever among them. */
const CRAMPED = 50_000
/** Of the identifiers that were not asked before: the same rows under other names, so that there is no end of them. */
const COLD = `('"profile-' .. string.rep("0", math.random(1, 80)) .. math.random(0, ${PROFILES - 1}) .. '"')`

/**
 * An echo, and what is wanted of a gateway that keeps everything itself, and one that keeps next to nothing beside a Redis
 * that has everything.
 */
export async function startContenders({
  only,
  cpuProfileFolder,
}: CacheBenchOptions): Promise<RunningContenders> {
  await using stack = new ResourceStack()
  const subgraphs = stack.use(await startSubgraphs())
  const supergraphFile = join(subgraphs.folder, 'cached.graphql')
  writeFileSync(supergraphFile, composeCachedSupergraph(subgraphs.addresses))
  const gatewayArgs = [supergraphFile, JSON.stringify(subgraphs.addresses)]
  const echo = stack.use(startServer('echo', []))
  const answer = JSON.stringify({ data: expectedData(SINGLE, [4_711]), extensions: { degraded: [] } })
  const all: Contender[] = [
    {
      name: 'echo',
      url: await echo.firstLine,
      pid: echo.pid,
      body: luaString(answer),
      goal: null,
      redisPort: null,
    },
  ]
  const [nearHits, mixed, redisHits] = RENDERS
  if (isWanted(nearHits, only) || isWanted(mixed, only)) {
    const near = stack.use(startGateway([...gatewayArgs, String(ROOMY)], cpuProfileFolder))
    const url = renderUrl(await near.firstLine)
    const each = { url, pid: near.pid, redisPort: null }
    const body = renderOf(`(math.random() < 0.1 and ${COLD} or id())`)
    if (isWanted(nearHits, only)) all.push({ ...each, name: nearHits, body: renderOf('id()'), goal: 2.5 })
    if (isWanted(mixed, only)) all.push({ ...each, name: mixed, body, goal: 4 })
  }
  if (isWanted(redisHits, only) && REDIS_SERVER.missing() === null) {
    const redis = stack.use(await startRedis())
    pinRunning(redis.pid(), OTHER_CORE)
    const args = [...gatewayArgs, String(CRAMPED), redis.url]
    const shared = stack.use(startGateway(args, cpuProfileFolder))
    const url = renderUrl(await shared.firstLine)
    const body = renderOf('id()')
    all.push({ name: redisHits, url, pid: shared.pid, body, goal: 6, redisPort: redis.port })
  }
  const owned = stack.move()
  return {
    all,
    folder: subgraphs.folder,
    bytes: answer.length,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}

/** As the program itself runs, but for its own start. */
function startGateway(args: readonly string[], cpuProfileFolder?: string): PinnedProcess {
  const profiling = cpuProfileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfileFolder}`]
  return startServer('serve-gateway', args, ['--import', './bin/v8-flags.js', ...profiling])
}

function startServer(name: string, args: readonly string[], ofNode: readonly string[] = []): PinnedProcess {
  const root = projectRoot(import.meta.url)
  return startPinned({
    command: ['node', ...ofNode, join(root, 'dist', 'bench', 'cache', `${name}.js`), ...args],
    core: GATEWAY_CORE,
    cwd: root,
  })
}

function renderUrl(address: string): string {
  return `${address}/render/${SINGLE.documentId}`
}

/** The body of a render, as a Lua expression around that of an id. */
export function renderOf(id: string): string {
  return `'{"deadlineMs":10000,"variables":{"id":' .. ${id} .. "}}"`
}
