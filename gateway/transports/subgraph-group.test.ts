import { expect, test } from 'vitest'
import { createHttpSubgraph } from './http-subgraph.ts'
import { createSubgraphGroup } from './subgraph-group.ts'
import { bodyOfRequest, serve, testContext, type Answering, type TestServer } from './testing/serve.ts'

/** Answers with its own name, and counts. */
async function named(name: string, before?: Answering): Promise<TestServer & { calls: number }> {
  const counted = { calls: 0 }
  const server = await serve(async (request, response) => {
    await bodyOfRequest(request)
    counted.calls++
    await before?.(request, response)
    if (response.writableEnded || response.destroyed) return
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: { name } }))
  })
  return Object.defineProperty(server, 'calls', { get: () => counted.calls }) as TestServer & {
    calls: number
  }
}

function group(...servers: readonly { url: string }[]) {
  return createSubgraphGroup(
    'profiles',
    servers.map(({ url }) => createHttpSubgraph({ name: 'profiles', url })),
  )
}

const query = (document = '{ name }') => ({ document, context: testContext() })
const mutation = () => query('mutation { name }')

test('calls go round', async () => {
  await using one = await named('one')
  await using two = await named('two')
  await using both = group(one, two)
  for (let i = 0; i < 10; i++) await both.execute(query())
  expect([one.calls, two.calls]).toEqual([5, 5])
})

test('calls go to the one with fewer under way', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await using slow = await named('slow', () => held)
  await using quick = await named('quick')
  await using both = group(slow, quick)
  const waiting = [both.execute(query()), both.execute(query())]
  await Promise.race(waiting)
  for (let i = 0; i < 10; i++) expect(await both.execute(query())).toEqual({ data: { name: 'quick' } })
  release()
  await Promise.all(waiting)
})

test.each([
  ['a query', query],
  ['a mutation', mutation],
])('%s that one refuses since it is stopping goes to the other, and so do the next', async (_, ask) => {
  await using stopping = await named('stopping', (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/problem+json', connection: 'close' })
    response.end('{"errors":[{"message":"stopping","extensions":{"code":"NOT_READY"}}]}')
  })
  await using other = await named('other')
  await using both = group(stopping, other)
  for (let i = 0; i < 10; i++) expect(await both.execute(ask())).toEqual({ data: { name: 'other' } })
  expect(stopping.calls).toBe(1)
})

test('one that nobody listens at costs no request, and one that comes back is asked again', async () => {
  const gone = await named('gone')
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  await using other = await named('other')
  await using both = createSubgraphGroup(
    'profiles',
    [url, other.url].map((address) =>
      createHttpSubgraph({
        name: 'profiles',
        url: address,
        breaker: { maxConsecutiveFailures: 2, openMs: 20, maxOpenMs: 20 },
      }),
    ),
  )
  for (let i = 0; i < 20; i++) expect(await both.execute(mutation())).toEqual({ data: { name: 'other' } })
  const back = await serve(
    (_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end('{"data":{"name":"back"}}')
    },
    Number(new URL(url).port),
  )
  await using _back = back
  await expect.poll(async () => (await both.execute(query())).data).toEqual({ name: 'back' })
})

test('a query whose connection is cut goes on elsewhere; a mutation, which may have been done, does not', async () => {
  await using cutting = await named('cutting', (_request, response) => response.destroy())
  await using other = await named('other')
  await using both = group(cutting, other)
  for (let i = 0; i < 4; i++) expect(await both.execute(query())).toEqual({ data: { name: 'other' } })
  const outcomes = await Promise.allSettled([both.execute(mutation()), both.execute(mutation())])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('when all are gone it says so, and does not go round for ever', async () => {
  await using one = await named('one', (_request, response) => response.destroy())
  await using alone = group(one)
  await expect(alone.execute(query())).rejects.toMatchObject({ subgraphName: 'profiles', reason: 'error' })
  expect(one.calls).toBeLessThanOrEqual(6)
})
