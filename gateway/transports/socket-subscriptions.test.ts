import { GraphQLError, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createHttpSubgraph } from './http-subgraph.ts'
import { createMessageQueue } from './message-queue.ts'
import { createSocketSubscriptions } from './socket-subscriptions.ts'
import { all, serve, testContext } from './testing/serve.ts'

/** A subgraph whose `count` gives 1, 2, 3 … until it is left. */
async function setUp({ autoPong = true } = {}) {
  let onEnded: () => void = () => undefined
  const whenEnded = new Promise<void>((resolve) => (onEnded = resolve))
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        count: {
          type: GraphQLInt,
          args: { to: { type: GraphQLInt } },
          resolve: (value: number) => value,
          subscribe(_root, { to }: { to?: number }) {
            const counts = createMessageQueue<number>(10, () => onEnded())
            for (let i = 1; i <= (to ?? 3); i++) counts.push(i)
            if (to !== undefined) counts.end()
            return counts
          },
        },
        refused: {
          type: GraphQLInt,
          subscribe() {
            throw new GraphQLError('not for you', { extensions: { code: 'FORBIDDEN' } })
          },
        },
      },
    }),
  })
  const server = await serve((_request, response) => response.end())
  const sockets = new WebSocketServer({ server: server.server, path: '/graphql', autoPong })
  const protocol = useServer({ schema }, sockets)
  const subgraph = createHttpSubgraph({ name: 'shop', url: server.url })
  return {
    url: server.url,
    subgraph,
    sockets,
    whenEnded,
    async [Symbol.asyncDispose]() {
      await subgraph[Symbol.asyncDispose]()
      await protocol.dispose()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function subscribe(setup: Awaited<ReturnType<typeof setUp>>, document: string, signal?: AbortSignal) {
  const results = await setup.subgraph.subscribe({ document, context: testContext(signal ? { signal } : {}) })
  if (!(Symbol.asyncIterator in results)) throw new Error('the subscription did not begin')
  return results
}

test('gives each result in order and ends with the subscription', async () => {
  await using setup = await setUp()
  const results = await all(await subscribe(setup, 'subscription { count(to: 3) }'))
  expect(results.map(({ data }) => ({ ...data }))).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }])
})

test('what the subgraph refuses is one result with its error', async () => {
  await using setup = await setUp()
  const results = await all(await subscribe(setup, 'subscription { refused }'))
  expect(
    results.map(({ errors }) => errors?.map(({ message, extensions }) => [message, extensions])),
  ).toEqual([[['not for you', { code: 'FORBIDDEN' }]]])
})

test('a reader who leaves ends it in the subgraph, by return or by signal', async () => {
  for (const leave of ['return', 'signal'] as const) {
    await using setup = await setUp()
    const controller = new AbortController()
    const results = await subscribe(setup, 'subscription { count }', controller.signal)
    const iterator = results[Symbol.asyncIterator]()
    expect((await iterator.next()).done).toBe(false)
    if (leave === 'return') await iterator.return?.()
    else controller.abort()
    await setup.whenEnded
    expect((await iterator.next()).done).toBe(true)
  }
})

test('a lost socket rejects each subscription on it', async () => {
  await using setup = await setUp()
  const iterator = (await subscribe(setup, 'subscription { count(to: 1) }'))[Symbol.asyncIterator]()
  const endless = (await subscribe(setup, 'subscription { count }'))[Symbol.asyncIterator]()
  await iterator.next()
  for (const socket of setup.sockets.clients) socket.terminate()
  const drained = (async () => {
    while (!(await endless.next()).done);
  })()
  await expect(drained).rejects.toEqual(
    expect.objectContaining({ name: 'SubgraphUnavailable', reason: 'error' }),
  )
})

test('a socket that goes silent is lost; one that is idle and answers pings stays', async () => {
  for (const autoPong of [true, false]) {
    await using setup = await setUp({ autoPong })
    let pings = 0
    setup.sockets.on('connection', (socket) => socket.on('ping', () => pings++))
    await using subscriptions = createSocketSubscriptions({
      subgraphName: 'shop',
      url: setup.url.replace('http', 'ws'),
      headers: () => ({}),
      connectTimeoutMs: 1_000,
      maxMessageBytes: 10_000,
      maxQueuedResults: 10,
      pingIntervalMs: 100,
    })
    const results = subscriptions.subscribe({
      document: 'subscription { count }',
      context: testContext(),
    })
    for (let n = 1; n <= 3; n++) expect(await results.next()).toMatchObject({ value: { data: { count: n } } })
    const next = results.next()
    if (autoPong) {
      await expect.poll(() => pings).toBeGreaterThan(3)
      expect(setup.sockets.clients.size).toBe(1)
      await results.return?.()
    } else await expect(next).rejects.toMatchObject({ name: 'SubgraphUnavailable' })
  }
})

test('no socket at the address rejects', async () => {
  await using server = await serve((_request, response) => response.end())
  await using subgraph = createHttpSubgraph({ name: 'shop', url: server.url })
  const results = await subgraph.subscribe({ document: 'subscription { count }', context: testContext() })
  if (!(Symbol.asyncIterator in results)) throw new Error('the subscription did not begin')
  await expect(results[Symbol.asyncIterator]().next()).rejects.toEqual(
    expect.objectContaining({ name: 'SubgraphUnavailable', reason: 'error' }),
  )
})
