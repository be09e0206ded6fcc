import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { createHttpSubgraph, type HttpSubgraphOptions } from './http-subgraph.ts'
import { bodyOfRequest, serve, type Answering, testContext } from './testing/serve.ts'

const QUERY = { document: '{ a }', context: testContext() }
const MUTATION = { document: 'mutation { a }', context: testContext() }

function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

async function setUp(listener: Answering, options: Partial<HttpSubgraphOptions> = {}) {
  const server = await serve(listener)
  const subgraph = createHttpSubgraph({ name: 'shop', url: server.url, ...options })
  return {
    server,
    subgraph,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await subgraph[Symbol.asyncDispose]()
    },
  }
}

const unavailable = (reason: string, message = /shop/) =>
  expect.objectContaining({ name: 'SubgraphUnavailable', reason, message: expect.stringMatching(message) })

test('sends document, operation name, variables, trace and own headers; gives data and errors', async () => {
  let headers: IncomingMessage['headers'] = {}
  const bodies: unknown[] = []
  await using setup = await setUp(
    async (request, response) => {
      headers = request.headers
      bodies.push(await bodyOfRequest(request))
      answer(response, {
        data: { a: null, b: 'ü€😀' },
        errors: [
          { message: 'no such id', path: ['a'], extensions: { code: 'BAD_USER_INPUT', secret: 1 } },
          { message: 'pg: relation "x" does not exist', path: ['b', 0] },
        ],
      })
    },
    { headers: { authorization: 'Bearer of-the-subgraph' } },
  )
  const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'v=1' }
  const request = { document: 'query Q($id: ID!) { a(id: $id) b }', operationName: 'Q' }
  const result = await setup.subgraph.execute({
    ...request,
    variables: { id: '"1"' },
    context: testContext({ trace }),
  })
  await setup.subgraph.execute({ ...request, variablesJson: '{"id":"2"}', context: testContext() })
  expect(bodies).toEqual([
    { query: request.document, operationName: 'Q', variables: { id: '"1"' } },
    { query: request.document, operationName: 'Q', variables: { id: '2' } },
  ])
  expect(headers).toMatchObject({ authorization: 'Bearer of-the-subgraph', 'x-request-id': 'r1' })
  expect(headers['traceparent']).toBeUndefined()
  expect(result.data).toEqual({ a: null, b: 'ü€😀' })
  expect(result.errors?.map(({ message, path, extensions }) => ({ message, path, ...extensions }))).toEqual([
    { message: 'no such id', path: ['a'], code: 'BAD_USER_INPUT' },
    { message: 'the subgraph "shop" could not answer this', path: ['b', 0], code: 'SUBGRAPH_FAILED' },
  ])
  expect(result.errors?.[1]?.originalError?.message).toBe('pg: relation "x" does not exist')
})

test('connections are kept and used again', async () => {
  await using setup = await setUp((_request, response) => answer(response, { data: {} }))
  for (let i = 0; i < 20; i++) await setup.subgraph.execute(QUERY)
  // undici does not use one again in the same turn of the event loop in which its answer came: so two take turns.
  expect(setup.server.connections).toBeLessThanOrEqual(2)
})

test('what the answer must show goes along, with the time there is to wait for it', async () => {
  const seen: IncomingMessage['headers'][] = []
  await using setup = await setUp((request, response) => {
    seen.push(request.headers)
    answer(response, { data: {} })
  })
  const id = `p_${'a'.repeat(22)}`
  const context = testContext({ after: [{ kind: 'version', id, version: 12 }] })
  await setup.subgraph.execute({ ...QUERY, context, deadlineAt: performance.now() + 5_000 })
  await setup.subgraph.execute(QUERY)
  expect(seen[0]).toMatchObject({ 'x-monogram-after': `${id}:12` })
  expect(Number(seen[0]?.['x-deadline-ms'])).toBeGreaterThan(4_000)
  expect(Number(seen[0]?.['x-deadline-ms'])).toBeLessThanOrEqual(5_000)
  expect(seen[1]).not.toHaveProperty('x-monogram-after')
})

test('trace headers are sent on as they came, except what is not well formed', async () => {
  const seen: IncomingMessage['headers'][] = []
  await using setup = await setUp((request, response) => {
    seen.push(request.headers)
    answer(response, { data: {} })
  })
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  for (const trace of [
    { traceparent, tracestate: 'v=1' },
    { traceparent, tracestate: 'v=1\r\nx: y' },
    { traceparent: 'x\r\nauthorization: stolen' },
  ]) {
    await setup.subgraph.execute({ ...QUERY, context: testContext({ trace }) })
  }
  expect(seen.map(({ traceparent: parent, tracestate }) => [parent, tracestate])).toEqual([
    [traceparent, 'v=1'],
    [traceparent, undefined],
    [undefined, undefined],
  ])
})

test('what reads the text of an answer comes before the parser, which is for what it does not take', async () => {
  const body = '{ "data": {"a": 1.50} }\n'
  await using setup = await setUp((_request, response) => answer(response, body))
  const given: string[] = []
  const readText = (text: string): Record<string, unknown> | undefined =>
    given.push(text) === 1 ? { a: 'read' } : undefined
  expect(await setup.subgraph.execute({ ...QUERY, readText })).toEqual({ data: { a: 'read' } })
  expect(await setup.subgraph.execute({ ...QUERY, readText })).toEqual({ data: { a: 1.5 } })
  expect(given).toEqual([body, body])
})

test.each([
  ['a page of HTML', '<html>oops</html>', 200],
  ['nothing', '', 200],
  ['half a body', '{"data":{"a":', 200],
  ['broken JSON', '{"data":{"a":}}', 200],
  ['a list', '[{"data":{}}]', 200],
  ['neither data nor errors', '{"extensions":{}}', 200],
  ['data that is a list', '{"data":[]}', 200],
  ['errors that are no list', '{"data":{},"errors":{}}', 200],
  ['a key __proto__', '{"data":{"a":[{"__proto__":{"isAdmin":true}}]}}', 200],
  ['a key __proto__ in escapes', '{"data":{"a":{"\\u005F\\u005fproto__":{}}}}', 200],
  ['a key __proto__ in other escapes', '{"data":{"a":{"__pr\\u006fto__":{}}}}', 200],
  ['a failing server', '{"data":{}}', 503],
])('an answer that is %s fails the call and nothing else', async (_what, body, status) => {
  let isGood = false
  await using setup = await setUp((_request, response) => {
    if (isGood) answer(response, { data: { a: 1 } })
    else answer(response, body, status)
  })
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('error'))
  isGood = true
  expect(await setup.subgraph.execute(QUERY)).toEqual({ data: { a: 1 } })
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})

test('a value may say __proto__, and a result may come with status 400', async () => {
  await using setup = await setUp((_request, response) =>
    answer(response, '{"data":{"a":"__proto__"},"errors":[{"message":"no"}]}', 400),
  )
  expect((await setup.subgraph.execute(QUERY)).data).toEqual({ a: '__proto__' })
})

test('an answer larger than allowed fails without being kept', async () => {
  await using setup = await setUp(
    (_request, response) => answer(response, { data: { a: 'x'.repeat(200_000) } }),
    { maxResponseBytes: 100_000 },
  )
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('error', /exceeded/i))
})

test('a subgraph that is silent, or stops in the middle of a body, is late at the deadline', async () => {
  let answered = 0
  await using setup = await setUp((_request, response) => {
    if (answered++ === 0) return
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data":{')
  })
  for (let i = 0; i < 2; i++) {
    const deadlineAt = performance.now() + 60
    await expect(setup.subgraph.execute({ ...QUERY, deadlineAt })).rejects.toEqual(unavailable('timeout'))
    expect(performance.now()).toBeGreaterThan(deadlineAt - 4)
  }
})

test('without a deadline a call is late after its own timeout; past a deadline nothing is sent', async () => {
  const listener = vi.fn<Answering>()
  await using setup = await setUp(listener, { timeoutMs: 40 })
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('timeout'))
  const sent = listener.mock.calls.length
  const deadlineAt = performance.now() - 1
  await expect(setup.subgraph.execute({ ...QUERY, deadlineAt })).rejects.toEqual(unavailable('timeout'))
  expect(listener).toHaveBeenCalledTimes(sent)
})

test('nobody at the address is an error at once', async () => {
  await using setup = await setUp(() => undefined)
  await setup.server[Symbol.asyncDispose]()
  await using subgraph = createHttpSubgraph({ name: 'shop', url: setup.server.url })
  await expect(subgraph.execute(QUERY)).rejects.toEqual(unavailable('error', /ECONNREFUSED/))
  setup.server.server.listen(0)
})

test('a query whose connection dies before an answer is sent once more, a mutation is not', async () => {
  const operations: unknown[] = []
  let cuts = 1
  await using setup = await setUp(async (request, response) => {
    operations.push((await bodyOfRequest(request))['query'])
    if (cuts-- > 0) request.socket.resetAndDestroy()
    else answer(response, { data: { a: 1 } })
  })
  expect(await setup.subgraph.execute(QUERY)).toEqual({ data: { a: 1 } })
  expect(operations).toEqual(['{ a }', '{ a }'])
  cuts = 2
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('error'))
  cuts = 1
  await expect(setup.subgraph.execute(MUTATION)).rejects.toEqual(unavailable('error'))
  expect(operations.slice(2)).toEqual(['{ a }', '{ a }', 'mutation { a }'])
})

test('a connection that dies within an answer is an error, not sent again', async () => {
  const listener = vi.fn<Answering>((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data"', () => response.destroy())
  })
  await using setup = await setUp(listener)
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('error'))
  expect(listener).toHaveBeenCalledTimes(1)
})

test('a caller who goes ends the call, and its connection is given up', async () => {
  let onClosed: () => void = () => undefined
  const connectionClosed = new Promise<void>((resolve) => (onClosed = resolve))
  const controller = new AbortController()
  await using setup = await setUp((_request, response) => {
    response.on('close', onClosed)
    controller.abort()
  })
  const context = testContext({ signal: controller.signal })
  await expect(setup.subgraph.execute({ ...QUERY, context })).rejects.toEqual(unavailable('error', /gone/))
  await connectionClosed
  await expect(setup.subgraph.execute({ ...QUERY, context })).rejects.toEqual(unavailable('error', /gone/))
})

test('so many calls run, so many wait until their deadline, the rest is refused', async () => {
  const held: ServerResponse[] = []
  let onHeld: () => void = () => undefined
  const firstHeld = new Promise<void>((resolve) => (onHeld = resolve))
  await using setup = await setUp(
    (_request, response) => {
      held.push(response)
      onHeld()
    },
    { maxConcurrentCalls: 1, maxQueuedCalls: 2 },
  )
  const first = setup.subgraph.execute(QUERY)
  await firstHeld
  const impatient = setup.subgraph.execute({ ...QUERY, deadlineAt: performance.now() + 20 })
  const patient = setup.subgraph.execute(QUERY)
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(
    unavailable('error', /1 calls running and 2 waiting/),
  )
  await expect(impatient).rejects.toEqual(unavailable('timeout'))
  setup.server.server.on('request', (_request, response: ServerResponse) =>
    answer(response, { data: { a: 2 } }),
  )
  const [response] = held
  if (response) answer(response, { data: { a: 1 } })
  expect(await first).toEqual({ data: { a: 1 } })
  expect(await patient).toEqual({ data: { a: 2 } })
})

test('a subgraph that keeps failing is left alone, then probed, then asked again', async () => {
  const time = { now: 0 }
  let isGood = false
  const listener = vi.fn<Answering>((_request, response) =>
    isGood ? answer(response, { data: { a: 1 } }) : answer(response, 'no', 500),
  )
  await using setup = await setUp(listener, {
    breaker: { maxConsecutiveFailures: 3, openMs: 1_000 },
    now: () => time.now,
  })
  const { subgraph } = setup
  for (let i = 0; i < 3; i++) await expect(subgraph.execute(QUERY)).rejects.toEqual(unavailable('error'))
  await expect(subgraph.execute(QUERY)).rejects.toEqual(unavailable('open-circuit'))
  expect(subgraph.state.circuit).toBe('open')
  expect(listener).toHaveBeenCalledTimes(3)
  time.now = 1_000
  isGood = true
  const probe = subgraph.execute(QUERY)
  await expect(subgraph.execute(QUERY)).rejects.toEqual(unavailable('open-circuit'))
  expect(await probe).toEqual({ data: { a: 1 } })
  expect(subgraph.state.circuit).toBe('closed')
})

test('lateness of our own opens no circuit and costs no connection', async () => {
  await using setup = await setUp((_request, response) => answer(response, { data: { a: 1 } }), {
    breaker: { maxConsecutiveFailures: 2 },
  })
  await setup.subgraph.execute(QUERY)
  for (let i = 0; i < 4; i++) {
    const call = setup.subgraph.execute({ ...QUERY, deadlineAt: performance.now() + 60 })
    setImmediate(() => {
      const until = performance.now() + 80
      while (performance.now() < until);
    })
    await expect(call).rejects.toEqual(unavailable('timeout'))
    await expect.poll(() => setup.subgraph.state.runningCalls).toBe(0)
  }
  expect(setup.subgraph.state.circuit).toBe('closed')
  expect(await setup.subgraph.execute(QUERY)).toEqual({ data: { a: 1 } })
  expect(setup.server.connections).toBeLessThanOrEqual(3)
})

test('a call that was late is ended for good when its answer does not come soon after', async () => {
  let hasClosed = false
  await using setup = await setUp((request) => request.socket.once('close', () => (hasClosed = true)), {
    fairTimeMs: 500,
  })
  const call = setup.subgraph.execute({ ...QUERY, deadlineAt: performance.now() + 50 })
  await expect(call).rejects.toEqual(unavailable('timeout'))
  expect(setup.subgraph.state.runningCalls).toBe(1)
  await expect.poll(() => [setup.subgraph.state.runningCalls, hasClosed]).toEqual([0, true])
})

test('calls with hardly any time do not open the circuit', async () => {
  await using setup = await setUp(() => undefined, { breaker: { maxConsecutiveFailures: 2 } })
  for (let i = 0; i < 4; i++) {
    const deadlineAt = performance.now() + 6
    await expect(setup.subgraph.execute({ ...QUERY, deadlineAt })).rejects.toEqual(unavailable('timeout'))
  }
  expect(setup.subgraph.state.circuit).toBe('closed')
})

test('what is no HTTP at all is an error', async () => {
  const garbage = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('ceci n’est pas HTTP\r\n\r\n')
  }).listen(0, '127.0.0.1')
  await once(garbage, 'listening')
  const url = `http://127.0.0.1:${(garbage.address() as AddressInfo).port}/`
  {
    await using subgraph = createHttpSubgraph({ name: 'shop', url })
    await expect(subgraph.execute(QUERY)).rejects.toEqual(unavailable('error'))
  }
  garbage.close()
})

test('disposing waits for what runs and refuses what comes', async () => {
  let release: () => void = () => undefined
  let onAsked: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (onAsked = resolve))
  await using setup = await setUp((_request, response) => {
    release = () => answer(response, { data: { a: 1 } })
    onAsked()
  })
  const running = setup.subgraph.execute(QUERY)
  await asked
  const disposed = setup.subgraph[Symbol.asyncDispose]()
  await expect(setup.subgraph.execute(QUERY)).rejects.toEqual(unavailable('error', /no longer/))
  release()
  expect(await running).toEqual({ data: { a: 1 } })
  await disposed
})

test('an address that is none is refused with what was expected', () => {
  expect(() => createHttpSubgraph({ name: 'shop', url: 'localhost:4001' })).toThrow(
    /shop.*localhost:4001.*http:\/\//,
  )
})
