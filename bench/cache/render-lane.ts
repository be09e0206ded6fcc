import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { projectRoot } from '../../platform/project-root.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { PROFILES } from '../gateway/data.ts'
import { GATEWAY_CORE, startPinned } from '../gateway/measure/pinned-process.ts'
import { luaString } from '../gateway/measure/wrk.ts'
import { startSubgraphs } from '../gateway/running.ts'
import { expectedData, SINGLE } from '../gateway/work.ts'
import { composeCachedSupergraph } from './supergraph.ts'

/** Something that answers a render, or as much text, and by how much of the echo's time it may do it. */
export interface Contender {
  name: string
  url: string
  pid: number
  /** The body of a request, as a Lua expression. */
  body: string
  goal: number | null
}

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

/** An echo, a gateway that keeps everything itself, and one that keeps next to nothing beside a Redis that has everything. */
export async function startContenders(): Promise<RunningContenders> {
  await using stack = new ResourceStack()
  const subgraphs = stack.use(await startSubgraphs())
  const supergraphFile = join(subgraphs.folder, 'cached.graphql')
  writeFileSync(supergraphFile, composeCachedSupergraph(subgraphs.addresses))
  const gatewayArgs = [supergraphFile, JSON.stringify(subgraphs.addresses)]
  const echo = stack.use(startServer('echo', []))
  const near = stack.use(startServer('serve-gateway', [...gatewayArgs, String(ROOMY)]))
  const nearUrl = `${await near.firstLine}/render/${SINGLE.documentId}`
  const answer = JSON.stringify({ data: expectedData(SINGLE, [4_711]), extensions: { degraded: [] } })
  const all: Contender[] = [
    { name: 'echo', url: await echo.firstLine, pid: echo.pid, body: luaString(answer), goal: null },
    { name: 'near hits', url: nearUrl, pid: near.pid, body: renderOf('id()'), goal: 2.5 },
    {
      name: '90 % hits',
      url: nearUrl,
      pid: near.pid,
      body: renderOf(`(math.random() < 0.1 and ${COLD} or id())`),
      goal: 4,
    },
  ]
  if (REDIS_SERVER.missing() === null) {
    const redis = stack.use(await startRedis())
    const args = [...gatewayArgs, String(CRAMPED), redis.url]
    const shared = stack.use(startServer('serve-gateway', args))
    const url = `${await shared.firstLine}/render/${SINGLE.documentId}`
    all.push({ name: 'Redis hits', url, pid: shared.pid, body: renderOf('id()'), goal: 6 })
  }
  const owned = stack.move()
  return {
    all,
    folder: subgraphs.folder,
    bytes: answer.length,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}

function startServer(name: string, args: readonly string[]): ReturnType<typeof startPinned> {
  const root = projectRoot(import.meta.url)
  return startPinned({
    command: ['node', join(root, 'dist', 'bench', 'cache', `${name}.js`), ...args],
    core: GATEWAY_CORE,
    cwd: root,
  })
}

/** The body of a render, as a Lua expression around that of an id. */
export function renderOf(id: string): string {
  return `'{"deadlineMs":10000,"variables":{"id":' .. ${id} .. "}}"`
}
