import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { CALLER_HEADER, type CheckCaller } from '../../core/access/caller-token.ts'
import type { Principal } from '../../core/access/principal.ts'
import { createHttpSubgraph } from '../../gateway/transports/http-subgraph.ts'
import { all, testContext } from '../../gateway/transports/testing/serve.ts'
import { silentLog } from '../../platform/log.ts'
import { createSubgraph } from '../create-subgraph.ts'
import { createDoorSockets } from './door-sockets.ts'

const check: CheckCaller = (token) => {
  if (!token) return { kind: 'refused', why: 'nothing was shown' }
  return { kind: 'known', principal: { kind: 'api-key', id: token, name: token, scopes: ['read'] } }
}

async function openDoor() {
  const ended: string[] = []
  const subgraph = createSubgraph<{ id: string }>({
    name: 'numbers',
    typeDefs: 'type Query { x: Int } type Subscription { count(to: Int!): String }',
    resolvers: {
      Subscription: {
        count: {
          async *subscribe(_: unknown, { to }: { to: number }, { id }: { id: string }) {
            try {
              for (let n = 1; n <= to; n++) yield { n }
              if (to > 2) await new Promise(() => undefined)
            } finally {
              ended.push(id)
            }
          },
          resolve: ({ n }: { n: number }, _: unknown, { id }: { id: string }) => `${n} for ${id}`,
        },
      },
    },
    contextFor: ({ principal }) => ({ id: principal.id }),
  })
  const server = createServer((_request, response) => response.writeHead(404).end())
  const sockets = createDoorSockets({ server, path: '/subgraphs/numbers', subgraph, check, log: silentLog() })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/subgraphs/numbers`,
    ended,
    sockets,
    async [Symbol.asyncDispose]() {
      await sockets[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function client(url: string, ownToken = 'gateway') {
  const caller = { header: CALLER_HEADER, tokenFor: ({ id }: Principal) => id, ownToken: () => ownToken }
  return createHttpSubgraph({ name: 'numbers', url, caller })
}

function counting(to: number, id: string) {
  const principal: Principal = { kind: 'api-key', id, name: id, scopes: ['read'] }
  const document = `subscription { count(to: ${to}) }`
  return { document, context: testContext({ principal }) }
}

async function results(url: string, to: number, id: string, ownToken?: string): Promise<unknown[]> {
  await using subgraph = client(url, ownToken)
  return await all((await subgraph.subscribe(counting(to, id))) as AsyncIterable<unknown>)
}

test('a gateway follows for many on one socket, each for himself', async () => {
  await using door = await openDoor()
  await using subgraph = client(door.url)
  const follow = async (id: string) =>
    all((await subgraph.subscribe(counting(2, id))) as AsyncIterable<unknown>)
  expect(await Promise.all([follow('ada'), follow('bob')])).toEqual(
    ['ada', 'bob'].map((id) => [{ data: { count: `1 for ${id}` } }, { data: { count: `2 for ${id}` } }]),
  )
})

test('nobody without the secret becomes a socket, and nothing is followed for nobody', async () => {
  await using door = await openDoor()
  await expect(results(door.url, 2, 'ada', '')).rejects.toThrow(/lost its socket.*401/s)
  expect(await results(door.url, 2, '')).toMatchObject([
    { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  ])
})

test('a document that is none is told so, and a socket that is closed tells its followers', async () => {
  await using door = await openDoor()
  await using subgraph = client(door.url)
  const broken = await subgraph.subscribe({ ...counting(1, 'ada'), document: 'subscription {' })
  expect(await all(broken as AsyncIterable<unknown>)).toMatchObject([{ errors: [{}] }])
  const following = ((await subgraph.subscribe(counting(3, 'ada'))) as AsyncIterable<unknown>)[
    Symbol.asyncIterator
  ]()
  await following.next()
  await following.next()
  await following.next()
  const lost = expect(following.next()).rejects.toMatchObject({ name: 'SubgraphUnavailable' })
  await door.sockets[Symbol.asyncDispose]()
  await lost
})
