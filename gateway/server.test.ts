import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { createClient } from 'graphql-ws'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { MonogramError } from '../core/errors.ts'
import type { Authenticate } from '../core/access/authenticate.ts'
import type { Principal } from '../core/access/principal.ts'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import type { Log } from '../platform/log.ts'
import { silentLog } from '../platform/log.ts'
import { createShopGraph, type ShopResolvers } from '../tests/support/shop-graph.ts'
import { graphqlRoutes } from './server.ts'
import type { SocketLimits } from './socket-server.ts'

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource[Symbol.asyncDispose]()
})

describe('GraphQL over HTTP', () => {
  test('answers a query by POST and by GET', async () => {
    const { url } = await start()
    const posted = await post(url, {
      query: 'query($id: ID!) { person(id: $id) { name } }',
      variables: { id: '1' },
    })
    expect(posted.status).toBe(200)
    expect(posted.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(posted.headers.get('cache-control')).toBe('no-store')
    expect(await posted.json()).toEqual({ data: { person: { name: 'Ann' } } })
    const got = await fetch(`${url}?query=${encodeURIComponent('{person(id:"2"){name}}')}`, {
      headers: READER,
    })
    expect(await got.json()).toEqual({ data: { person: { name: 'Bob' } } })
  })

  test('wants a key, with the scope that the operation needs', async () => {
    const { url } = await start()
    const nobody = await post(url, { query: '{ __typename }' }, { authorization: 'Bearer nonsense' })
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="monogram"')
    expect(await code(nobody)).toBe('UNAUTHENTICATED')
    const sender = await post(url, { query: '{ __typename }' }, { 'x-api-key': 'ingest' })
    expect([sender.status, await code(sender)]).toEqual([403, 'FORBIDDEN'])
    const reader = await post(url, { query: 'mutation { touch }' })
    expect([reader.status, await code(reader)]).toEqual([403, 'FORBIDDEN'])
    const admin = await post(url, { query: 'mutation { touch }' }, { 'x-api-key': 'admin' })
    expect(await admin.json()).toEqual({ data: { touch: 1 } })
  })

  test('says with code and status what is wrong with a request', async () => {
    const { url } = await start()
    const cases: [RequestInit & { search?: string }, number, string][] = [
      [{ body: '{"query": ' }, 400, 'BODY_NOT_JSON'],
      [{ body: '' }, 400, 'BODY_NOT_JSON'],
      [{ body: '{"query": "{ __typename }", "__proto__": {"x": 1}}' }, 400, 'BODY_NOT_JSON'],
      [{ body: '[]' }, 400, 'BAD_USER_INPUT'],
      [{ body: '{}' }, 400, 'BAD_USER_INPUT'],
      [{ body: '{"query": 1}' }, 400, 'BAD_USER_INPUT'],
      [{ body: '{"query": "{ __typename }", "variables": "x"}' }, 400, 'BAD_USER_INPUT'],
      [{ body: '{"query": "{ person("}' }, 400, 'GRAPHQL_PARSE_FAILED'],
      [{ body: '{"query": "{ nothing }"}' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
      [
        { body: '{"query": "query A { __typename }", "operationName": "B"}' },
        400,
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [{ body: '{"query": "query($i: ID!) { person(id: $i) { id } }"}' }, 400, 'BAD_USER_INPUT'],
      [{ body: '{"query": "subscription { personChanged(id: 1) { version } }"}' }, 400, 'BAD_USER_INPUT'],
      [{ body: JSON.stringify({ query: `{ ${'__typename '.repeat(3_000)} }` }) }, 400, 'QUERY_TOO_LARGE'],
      [{ body: JSON.stringify({ query: `{ __typename } # ${'x'.repeat(70_000)}` }) }, 400, 'QUERY_TOO_LARGE'],
      [{ body: JSON.stringify({ query: 'x'.repeat(300_000) }) }, 413, 'BODY_TOO_LARGE'],
      [{ body: '{}', headers: { ...READER, 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_ENCODING'],
      [
        { body: '{}', headers: { ...READER, 'content-type': 'application/xml' } },
        415,
        'UNSUPPORTED_ENCODING',
      ],
      [{ method: 'GET', search: '?query={__typename}&variables=nonsense' }, 400, 'BAD_USER_INPUT'],
    ]
    for (const [{ search = '', ...init }, status, expected] of cases) {
      const response = await fetch(url + search, {
        method: 'POST',
        headers: { ...READER, ...JSON_TYPE },
        ...init,
      })
      expect([init.body ?? search, response.status, await code(response)]).toEqual([
        init.body ?? search,
        status,
        expected,
      ])
    }
  })

  test('answers by the deadline that a request names, with what there is', async () => {
    const silent = () => new Promise(() => undefined)
    const { url } = await start({ resolvers: { people: { Person: { email: silent } } } })
    const query = '{ person(id: "1") { name email } topProducts(first: 1) { sku } }'
    const response = await post(url, { query }, { ...READER, 'x-deadline-ms': '50' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      data: { person: null, topProducts: [{ sku: 'p1' }] },
      errors: [{ path: ['person'], extensions: { code: 'SUBGRAPH_FAILED' } }],
      extensions: { degraded: [{ path: ['person'], reason: 'timeout' }] },
    })
    const wrong = await post(url, { query }, { ...READER, 'x-deadline-ms': 'soon' })
    expect([wrong.status, await code(wrong)]).toEqual([400, 'BAD_USER_INPUT'])
  })

  test('reads a GET only as a query', async () => {
    const { url } = await start()
    const response = await fetch(`${url}?query=mutation{touch}`, {
      headers: { authorization: 'Bearer admin' },
    })
    expect([response.status, response.headers.get('allow'), await code(response)]).toEqual([
      405,
      'POST',
      'METHOD_NOT_ALLOWED',
    ])
  })

  test('refuses with a session what another site could have sent', async () => {
    const { url } = await start()
    const response = await fetch(`${url}?query={__typename}`, { headers: { cookie: 'session=reader' } })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('CSRF')
  })

  test('knows a persisted query by its hash once it has been sent', async () => {
    const { url } = await start()
    const query = '{ person(id: "1") { name } }'
    const extensions = {
      persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
    }
    const unknown = await post(url, { extensions })
    expect([unknown.status, await unknown.json()]).toEqual([
      200,
      { errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    ])
    const answer = { data: { person: { name: 'Ann' } } }
    expect(await (await post(url, { query, extensions })).json()).toEqual(answer)
    expect(await (await post(url, { extensions })).json()).toEqual(answer)
    expect(await code(await post(url, { query: '{ __typename }', extensions }))).toBe('BAD_USER_INPUT')
  })

  test('hides our own errors behind a request id, and logs each once with its cause', async () => {
    const log = recordingLog()
    const bug = () => {
      throw new Error('secret: password')
    }
    const { url } = await start({ resolvers: { people: { Person: { email: bug } } }, log: log.log })
    const response = await post(url, { query: '{ people(ids: ["1", "2"]) { name email } }' })
    const text = await response.text()
    const requestId = response.headers.get('x-request-id')
    expect(JSON.parse(text)).toMatchObject({
      data: {
        people: [
          { name: 'Ann', email: null },
          { name: 'Bob', email: null },
        ],
      },
      errors: [0, 1].map((index) => ({
        message: `something went wrong on our side; the log has it under the request id ${requestId}`,
        path: ['people', index, 'email'],
        extensions: { code: 'INTERNAL', requestId },
      })),
    })
    expect(text).not.toMatch(/secret|stack/)
    expect(log.errors.map(({ requestId: id, err }) => [id, (err as Error).message])).toEqual([
      [requestId, 'secret: password'],
      [requestId, 'secret: password'],
    ])
  })

  test('does not take over the request id of a caller', async () => {
    const { url } = await start()
    const response = await post(url, { query: '{ __typename }' }, { ...READER, 'x-request-id': 'forged\tid' })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/)
  })

  test('survives a host header that is no host', async () => {
    const { url, port } = await start()
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { port, path: '/graphql?query={__typename}', headers: { ...READER, host: '[' } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      outgoing.on('error', reject).end()
    })
    expect(status).toBe(400)
    expect((await post(url, { query: '{ __typename }' })).status).toBe(200)
  })
})

describe('the explorer', () => {
  test('comes to a browser without a key, whole, compressed and with a policy that lets nothing else in', async () => {
    const { url } = await start()
    const response = await fetch(url, { headers: { accept: 'text/html,application/xhtml+xml' } })
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(page).toContain('<title>Monogram</title>')
    const policy = response.headers.get('content-security-policy') ?? ''
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? ''
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    expect(policy).toContain("default-src 'none'")
    const etag = response.headers.get('etag') ?? ''
    const again = await fetch(url, { headers: { accept: 'text/html', 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })
})

describe('subscriptions over WebSocket', () => {
  const document = 'subscription { personChanged(id: "1") { version person { lastProduct { title } } } }'
  const resolvers: ShopResolvers = { people: { Subscription: { personChanged: () => changes(1, 2) } } }

  test('give each event with what other subgraphs add, to a key in connection_init', async () => {
    const { wsUrl } = await start({ resolvers })
    const client = open(wsUrl, { connectionParams: { authorization: 'Bearer reader' } })
    const received: unknown[] = []
    for await (const result of client.iterate({ query: document })) received.push(result)
    const person = { lastProduct: { title: 'Pen' } }
    expect(received).toEqual([
      { data: { personChanged: { version: 1, person } } },
      { data: { personChanged: { version: 2, person } } },
    ])
  })

  test('run queries as well', async () => {
    const { wsUrl } = await start()
    const client = open(wsUrl, { connectionParams: { authorization: 'Bearer reader' } })
    const { value } = await client.iterate({ query: '{ person(id: "1") { name } }' }).next()
    expect(value).toEqual({ data: { person: { name: 'Ann' } } })
  })

  test('tell what is wrong with an operation, masked, and keep the socket', async () => {
    const log = recordingLog()
    const bug = () => {
      throw new Error('secret')
    }
    const { wsUrl } = await start({
      resolvers: { people: { Subscription: { personChanged: bug } } },
      log: log.log,
    })
    const client = open(wsUrl, { connectionParams: { authorization: 'Bearer reader' } })
    await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ])
    const failed = await client.iterate({ query: document }).next()
    expect(failed.value).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] })
    expect(JSON.stringify(failed)).not.toContain('secret')
    expect(log.errors).toHaveLength(1)
    const denied = await client.iterate({ query: 'mutation { touch }' }).next()
    expect(denied.value).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })

  test('end at their source when the client unsubscribes or goes', async () => {
    const ended: string[] = []
    const { wsUrl } = await start({
      resolvers: {
        people: { Subscription: { personChanged: (_source, { id }: { id: string }) => idle(id, ended) } },
      },
    })
    const client = open(wsUrl, { connectionParams: { authorization: 'Bearer reader' } })
    const first = client.iterate({ query: 'subscription { personChanged(id: "a") { version } }' })
    const second = client.iterate({ query: 'subscription { personChanged(id: "b") { version } }' })
    await Promise.all([first.next(), second.next()])
    await first.return?.()
    await until(() => ended.includes('a'))
    client.terminate()
    second.next().catch(() => undefined)
    await until(() => ended.includes('b'))
  })

  test.each([
    ['without a key', {}, 4403],
    ['with a key that is not known', { authorization: 'Bearer nonsense' }, 4403],
    ['with a key that lacks the scope', { authorization: 'Bearer ingest' }, 4403],
    ['while nobody can say whose key it is, and why is long', { authorization: 'Bearer unreadable' }, 1013],
  ])('%s are closed', async (_name, payload, expected) => {
    const { wsUrl } = await start()
    const socket = raw(wsUrl)
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'connection_init', payload }))
    expect(await closeCode(socket)).toBe(expected)
  })

  test('believe a cookie only from a page of this server', async () => {
    const { wsUrl, port } = await start()
    const attempt = async (origin?: string) => {
      const headers = { cookie: 'session=reader', ...(origin ? { origin } : {}) }
      const socket = raw(wsUrl, 'graphql-transport-ws', headers)
      await once(socket, 'open')
      socket.send('{"type":"connection_init"}')
      return Promise.race([closeCode(socket), once(socket, 'message').then(() => 'acknowledged')])
    }
    expect(await attempt(`http://127.0.0.1:${port}`)).toBe('acknowledged')
    expect(await attempt('http://evil.example')).toBe(4403)
    expect(await attempt()).toBe(4403)
  })

  test('close by the codes of the protocol', async () => {
    const impatient = await start({ socketLimits: { initTimeoutMs: 20 } })
    expect(await closeCode(raw(impatient.wsUrl))).toBe(4408)
    const { wsUrl } = await start({ socketLimits: { maxMessageBytes: 1_000 } })
    const early = raw(wsUrl)
    await once(early, 'open')
    early.send('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}')
    expect(await closeCode(early)).toBe(4401)
    const garbled = raw(wsUrl)
    await once(garbled, 'open')
    garbled.send('nonsense')
    expect(await closeCode(garbled)).toBe(4400)
    const large = raw(wsUrl)
    await once(large, 'open')
    large.send(`"${'x'.repeat(2_000)}"`)
    expect(await closeCode(large)).toBe(1009)
    expect(await closeCode(raw(wsUrl, 'graphql-ws'))).toBe(1006)
  })

  test('are as many on a socket as allowed, and no more', async () => {
    const ended: string[] = []
    const { wsUrl } = await start({
      socketLimits: { maxOperationsPerSocket: 1 },
      resolvers: { people: { Subscription: { personChanged: () => idle('a', ended) } } },
    })
    const client = open(wsUrl, { connectionParams: { authorization: 'Bearer reader' } })
    await client.iterate({ query: document }).next()
    await expect(client.iterate({ query: document }).next()).rejects.toMatchObject([
      { extensions: { code: 'OVERLOADED' } },
    ])
  })

  test('are closed with 1001 when the server closes, and do not hold it up', async () => {
    const ended: string[] = []
    const { wsUrl, close } = await start({
      resolvers: { people: { Subscription: { personChanged: () => idle('a', ended) } } },
    })
    const codes: unknown[] = []
    const client = open(wsUrl, {
      connectionParams: { authorization: 'Bearer reader' },
      on: { closed: (event) => codes.push((event as { code?: unknown }).code) },
    })
    await client.iterate({ query: document }).next()
    await close()
    expect(codes).toEqual([1001])
    expect(ended).toEqual(['a'])
  })

  test('are not at any other address', async () => {
    const { wsUrl } = await start()
    const socket = raw(wsUrl.replace('/graphql', '/other'))
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('404')
  })
})

const READER = { authorization: 'Bearer reader' }
const JSON_TYPE = { 'content-type': 'application/json' }

const PRINCIPALS: Record<string, Principal> = {
  reader: { kind: 'api-key', id: 'r', name: 'reader', scopes: ['read'] },
  admin: { kind: 'api-key', id: 'a', name: 'admin', scopes: ['admin'] },
  ingest: { kind: 'api-key', id: 'i', name: 'ingest', scopes: ['ingest'] },
}

const authenticate: Authenticate = async ({ authorization, apiKey, cookie }) => {
  if (authorization === 'Bearer unreadable') {
    // Longer than a close frame may be.
    throw new MonogramError('STORAGE_UNAVAILABLE', 'try again: '.repeat(20))
  }
  const shown = authorization?.replace('Bearer ', '') ?? apiKey ?? cookie?.replace('session=', '') ?? ''
  return PRINCIPALS[shown] ?? null
}

async function start(
  options: { resolvers?: ShopResolvers; socketLimits?: Partial<SocketLimits>; log?: Log } = {},
) {
  const { resolvers, socketLimits = {}, log = silentLog() } = options
  const { gateway } = createShopGraph(resolvers)
  const server = createHttpServer({ log })
  await server.register(graphqlRoutes({ gateway, authenticate, log, socketLimits }))
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 })
  const close = async () => server.close().then(() => undefined)
  opened.push({ [Symbol.asyncDispose]: close })
  return { url: `http://127.0.0.1:${port}/graphql`, wsUrl: `ws://127.0.0.1:${port}/graphql`, port, close }
}

function open(url: string, options: Partial<Parameters<typeof createClient>[0]>) {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, ...options })
  opened.unshift({ [Symbol.asyncDispose]: async () => client.dispose() })
  return client
}

function raw(
  url: string,
  protocol = 'graphql-transport-ws',
  headers: Record<string, string> = {},
): WebSocket {
  const socket = new WebSocket(url, protocol, { headers })
  socket.on('error', () => undefined)
  opened.unshift({ [Symbol.asyncDispose]: async () => socket.terminate() })
  return socket
}

function once(socket: WebSocket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => socket.once(event, (...args: unknown[]) => resolve(args)))
}

async function closeCode(socket: WebSocket): Promise<unknown> {
  return (await once(socket, 'close'))[0]
}

function post(url: string, body: unknown, headers: Record<string, string> = READER): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) })
}

async function code(response: Response): Promise<unknown> {
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] }
  return errors[0]?.extensions.code
}

function recordingLog() {
  const errors: Record<string, unknown>[] = []
  const log = silentLog()
  log.error = (entry: unknown) => void errors.push(entry as Record<string, unknown>)
  return { log, errors }
}

async function* changes(...versions: number[]): AsyncGenerator<object> {
  for (const version of versions)
    yield { personChanged: { version, person: { __typename: 'Person', id: '1' } } }
}

/** One event, then nothing until it is ended. */
function idle(name: string, ended: string[]): AsyncIterableIterator<object> {
  let first = true
  let end: (result: IteratorResult<object>) => void = () => undefined
  return {
    next: () => {
      if (!first) return new Promise((resolve) => (end = resolve))
      first = false
      return Promise.resolve({ done: false, value: { personChanged: { version: 1, person: null } } })
    },
    return: () => {
      ended.push(name)
      end({ done: true, value: undefined })
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
