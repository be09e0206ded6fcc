import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createCallerTokens } from '../../access/caller-token.ts'
import { CALLER_HEADER } from '../../core/access/caller-token.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { SubgraphClient } from '../../gateway/subgraph-client.ts'
import { createHttpSubgraph } from '../../gateway/transports/http-subgraph.ts'
import { systemClock } from '../../platform/clock.ts'
import { figure, type Figure } from '../support/figures.ts'
import { createShelf, DOCUMENT, SECRET } from './shelf.ts'

const CALLS = 20_000
const WARM_CALLS = 5_000
const AT_ONCE = 32
const ROUNDS = 5
const PRODUCTS = Array.from({ length: 5 }, (_, i) => `84${i}06B`)
const CONDITIONS = `${PRODUCTS.length} entities of 3 fields, ${AT_ONCE} calls at once, median of ${ROUNDS} rounds of ${CALLS}`

/** What a call of a subgraph costs: in this process, and over HTTP on either side, beside a bare server that echoes as much. */
export async function doorsBench(): Promise<Figure[]> {
  const tokens = createCallerTokens({ keys: [SECRET], clock: systemClock })
  const local = await inRounds(createShelf())
  await using echo = await startSide('echo', tokens.sign)
  await using door = await startSide('door', tokens.sign)
  const { echo: echoed, door: answered } = await inTurn({ echo, door })
  return [
    figure('in process', local, 'CPU-ms/call', CONDITIONS),
    figure('bare node:http echo', echoed.server, 'CPU-ms/call', CONDITIONS),
    {
      ...figure('subgraph door', answered.server, 'CPU-ms/call', CONDITIONS),
      peer: {
        name: 'bare node:http echo and the execution in process',
        value: Number((echoed.server + local).toPrecision(4)),
        ratio: Number((answered.server / (echoed.server + local)).toPrecision(3)),
      },
    },
    figure('gateway side of a call', answered.client, 'CPU-ms/call', CONDITIONS),
  ]
}

interface Side extends AsyncDisposable {
  client: SubgraphClient
  cpuOfServer: () => Promise<number>
}

async function startSide(
  kind: 'echo' | 'door',
  tokenFor: ReturnType<typeof createCallerTokens>['sign'],
): Promise<Side> {
  const child = fork(fileURLToPath(new URL('door-process.js', import.meta.url)), [kind])
  const port = await nextMessage(child)
  const caller = { header: CALLER_HEADER, tokenFor, ownToken: () => tokenFor(context().principal) }
  const client = createHttpSubgraph({ name: 'shelf', url: `http://127.0.0.1:${port}/`, caller })
  return {
    client,
    cpuOfServer: () => {
      child.send('cpu')
      return nextMessage(child)
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

interface Used {
  server: number
  client: number
}

/** Round by round one after the other, so that what else the machine does meets both. */
async function inTurn<Name extends string>(sides: Record<Name, Side>): Promise<Record<Name, Used>> {
  const names = Object.keys(sides) as Name[]
  const rounds = new Map(names.map((name) => [name, [] as Used[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const used = await usedBy(sides[name], round === 0 ? WARM_CALLS : CALLS)
      if (round > 0) rounds.get(name)?.push(used)
    }
  }
  const middle = (name: Name, side: keyof Used): number =>
    median((rounds.get(name) ?? []).map((used) => used[side]))
  return Object.fromEntries(
    names.map((name) => [name, { server: middle(name, 'server'), client: middle(name, 'client') }]),
  ) as Record<Name, Used>
}

async function usedBy({ client, cpuOfServer }: Side, calls: number): Promise<Used> {
  const [server, own] = [await cpuOfServer(), ownCpu()]
  await ask(client, calls)
  const [serverAfter, ownAfter] = [await cpuOfServer(), ownCpu()]
  return { server: (serverAfter - server) / calls / 1_000, client: (ownAfter - own) / calls / 1_000 }
}

async function inRounds(client: SubgraphClient): Promise<number> {
  await ask(client, WARM_CALLS)
  const used: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = ownCpu()
    await ask(client, CALLS)
    used.push((ownCpu() - before) / CALLS / 1_000)
  }
  return median(used)
}

async function ask(client: SubgraphClient, calls: number): Promise<void> {
  let left = calls
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const result = await client.execute({
          document: DOCUMENT,
          variables: { ids: PRODUCTS },
          context: context(),
        })
        if (!result.data) throw new Error(`a call failed: ${JSON.stringify(result)}`)
      }
    }),
  )
}

function context(): RequestContext {
  return { requestId: 'bench', principal: { kind: 'api-key', id: 'k', name: 'bench', scopes: ['read'] } }
}

async function nextMessage(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, 'message')) as [number]
  return message
}

/** Microseconds. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
