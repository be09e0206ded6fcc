import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLError } from 'graphql'
import { afterEach, describe, expect, test } from 'vitest'
import type { Authenticate } from '../../core/access/authenticate.ts'
import { createDrain, type Drain } from '../../platform/drain.ts'
import { createHttpServer } from '../../platform/http.ts'
import { listen } from '../../platform/listen.ts'
import { silentLog } from '../../platform/log.ts'
import { createMetrics, measureRequests } from '../../platform/metrics.ts'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { createShopGraph, type ShopResolvers } from '../../tests/support/shop-graph.ts'
import { loadDocuments } from '../documents/load-documents.ts'
import { renderRoutes, type RenderRoutesOptions } from './routes.ts'

let opened = new ResourceStack()
afterEach(async () => {
  await opened[Symbol.asyncDispose]()
  opened = new ResourceStack()
})

const CARD = `query Card($id: ID!, $loud: Boolean = true) {
  person(id: $id) { name greeting(loud: $loud) lastProduct { title } }
}`
const ANN = { name: 'Ann', greeting: 'HELLO ANN@EXAMPLE.COM', lastProduct: { title: 'Pen' } }

describe('a trusted document', () => {
  test('is answered by its name and by its hash', async () => {
    const { render, hash } = await start()
    const fresh = { data: { person: expect.objectContaining({ name: 'Ann' }) }, extensions: { degraded: [] } }
    expect(await render('card', { variables: { id: '1' } })).toEqual({ status: 200, body: fresh })
    expect(await render(hash, { variables: { id: '1' } })).toEqual({ status: 200, body: fresh })
  })

  test('is not there under another name', async () => {
    const { render } = await start()
    expect(await render('crad', {})).toMatchObject({
      status: 404,
      body: {
        error: { code: 'DOCUMENT_UNKNOWN', message: 'there is no document "crad"; did you mean card?' },
      },
    })
  })

  test('is unknown by a name as long as a name may be, and the answer does not repeat a longer one', async () => {
    const { render } = await start()
    expect(await render('a'.repeat(128), {})).toMatchObject({
      status: 404,
      body: { error: { code: 'DOCUMENT_UNKNOWN' } },
    })
    const { status, body } = await render('a'.repeat(3_000), {})
    expect(status).toBe(404)
    expect(JSON.stringify(body).length).toBeLessThan(400)
  })

  test('needs a key that may read', async () => {
    const { url } = await start()
    const statusFor = async (key: string): Promise<number> =>
      (await fetch(`${url}/render/card`, { method: 'POST', headers: { 'x-api-key': key } })).status
    expect([await statusFor('nobody'), await statusFor('ingest')]).toEqual([401, 403])
  })

  test('is answered at an address with a query or escapes, and by POST alone', async () => {
    const { url, metrics } = await start()
    const headers = { 'x-api-key': 'reader', 'content-type': 'application/json' }
    const post = (path: string) =>
      fetch(url + path, { method: 'POST', headers, body: '{"variables":{"id":"1"}}' })
    const found = await post('/render/c%61rd?x=/y')
    expect([found.status, found.headers.get('x-request-id')]).toEqual([200, expect.stringMatching(/-/)])
    expect((await post('/render/card/more')).status).toBe(404)
    expect((await post('/render/')).status).toBe(404)
    const got = await fetch(`${url}/render/card`, { headers })
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await metrics.metrics()).toContain(
      'monogram_http_request_duration_seconds_count{method="POST",route="/render/:documentId",status="200"} 1',
    )
  })

  test('is not answered any more when the server is stopping', async () => {
    const drain = createDrain()
    const { url, render } = await start({ drain })
    drain.begin()
    const last = await fetch(`${url}/render/card`, {
      method: 'POST',
      headers: { 'x-api-key': 'reader', 'content-type': 'application/json' },
      body: '{"variables":{"id":"1"}}',
    })
    expect([last.status, last.headers.get('connection')]).toEqual([200, 'close'])
    drain.close()
    expect(await render('card', {})).toMatchObject({ status: 503, body: { error: { code: 'NOT_READY' } } })
  })

  test('with a body that is no JSON is refused before that is read', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/render/card`, {
      method: 'POST',
      headers: { 'x-api-key': 'reader', 'content-type': 'application/xml' },
      body: '<a/>',
    })
    expect([response.status, await response.json()]).toEqual([
      415,
      { error: expect.objectContaining({ code: 'UNSUPPORTED_ENCODING' }) },
    ])
  })

  const mistakes: [string, string, number, string, string][] = [
    [
      'a wrong variable',
      '{"variables":{"id":{}}}',
      400,
      'BAD_USER_INPUT',
      'variables.id: expected ID, got {}',
    ],
    ['no variables', '', 400, 'BAD_USER_INPUT', 'variables.id: expected ID!, got nothing'],
    ['an unknown variable', '{"variables":{"id":1,"lod":true}}', 400, 'BAD_USER_INPUT', 'did you mean loud?'],
    [
      'a deadline that is none',
      '{"variables":{"id":1},"deadlineMs":"soon"}',
      400,
      'BAD_USER_INPUT',
      'deadlineMs: expected',
    ],
    ['another member', '{"variable":{"id":1}}', 400, 'BAD_USER_INPUT', 'variable: the body has only'],
    ['variables that are none', '{"variables":[1]}', 400, 'BAD_USER_INPUT', 'variables: expected an object'],
    ['half a body', '{"variables":', 400, 'BODY_NOT_JSON', 'not JSON'],
    ['a list', '[]', 400, 'BAD_USER_INPUT', 'the body: expected an object'],
    ['a large body', `{"variables":{"id":"${'x'.repeat(70_000)}"}}`, 413, 'BODY_TOO_LARGE', ''],
  ]
  test.each(mistakes)('with %s is refused', async (_name, body, status, code, message) => {
    const { url } = await start()
    const response = await fetch(`${url}/render/card`, {
      method: 'POST',
      headers: { 'x-api-key': 'reader', ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body || null,
    })
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    expect([response.status, error.code, error.message]).toEqual([
      status,
      code,
      expect.stringContaining(message),
    ])
  })
})

describe('when a subgraph fails', () => {
  const broken: ShopResolvers = {
    catalog: {
      Product: {
        __resolveReference: () => {
          throw new GraphQLError('no', { extensions: { code: 'STORAGE_UNAVAILABLE' } })
        },
      },
    },
  }

  test('its part has its fallback, no error, and is named', async () => {
    const { render } = await start({
      resolvers: broken,
      options: { fallbacks: { 'person.lastProduct': { title: 'Something nice' } } },
    })
    expect(await render('card', { variables: { id: '1' } })).toEqual({
      status: 200,
      body: {
        data: { person: { ...ANN, lastProduct: { title: 'Something nice' }, greeting: expect.anything() } },
        extensions: { degraded: [{ path: ['person', 'lastProduct'], reason: 'error' }] },
      },
    })
  })

  test('its part is null with an error where nothing stands in for it', async () => {
    const { render } = await start({ resolvers: broken })
    const { status, body } = await render('card', { variables: { id: '1' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      data: { person: { name: 'Ann', lastProduct: null } },
      errors: [{ path: ['person', 'lastProduct', 'title'], extensions: { code: 'STORAGE_UNAVAILABLE' } }],
      extensions: { degraded: [{ reason: 'error' }] },
    })
  })
})

describe('when a subgraph does not answer', () => {
  const silent: ShopResolvers = {
    catalog: { Product: { __resolveReference: () => new Promise(() => undefined) } },
  }

  test('the rest comes inside the deadline', async () => {
    const { render } = await start({
      resolvers: silent,
      options: { fallbacks: { 'person.lastProduct': null } },
    })
    const startedAt = performance.now()
    const { status, body } = await render('card', { variables: { id: '1' }, deadlineMs: 60 })
    expect(performance.now() - startedAt).toBeLessThan(60 + 250)
    expect([status, body]).toEqual([
      200,
      {
        data: { person: expect.objectContaining({ name: 'Ann', lastProduct: null }) },
        extensions: { degraded: [{ path: ['person', 'lastProduct'], reason: 'timeout' }] },
      },
    ])
  })

  test('a deadline of nothing is answered by fallbacks alone', async () => {
    const { render } = await start({
      options: { fallbacks: { 'person.name': 'there' } },
      routes: { deadlines: { defaultMs: 100, minMs: 0, maxMs: 100 } },
    })
    expect(await render('card', { variables: { id: '1' }, deadlineMs: 0 })).toEqual({
      status: 200,
      body: {
        data: { person: { name: 'there', greeting: null, lastProduct: null } },
        extensions: { degraded: [{ path: ['person'], reason: 'overload' }] },
      },
    })
  })

  test('more than can be under way is answered at once, by fallbacks alone', async () => {
    const { render, metrics } = await start({
      resolvers: silent,
      options: { fallbacks: { 'person.name': 'there' }, deadlineMs: 200 },
      routes: { maxInFlight: 1 },
    })
    const answers = await Promise.all([
      render('card', { variables: { id: '1' } }),
      render('card', { variables: { id: '1' } }),
    ])
    const reasons = answers.map(({ body }) => (body as Answer).extensions.degraded[0]?.reason)
    expect(new Set(reasons)).toEqual(new Set(['overload', 'timeout']))
    expect(await metrics.metrics()).toContain(
      'monogram_render_answers_total{document="card",outcome="overload"} 1',
    )
    expect(await metrics.metrics()).toContain('monogram_render_refusals_total{when="late"} 1')
  })
})

interface Answer {
  extensions: { degraded: { reason: string }[] }
}

const authenticate: Authenticate = async ({ apiKey }) => {
  if (apiKey !== 'reader' && apiKey !== 'ingest') return null
  return { kind: 'api-key', id: 'k', name: apiKey, scopes: [apiKey === 'reader' ? 'read' : 'ingest'] }
}

async function start({
  resolvers = {},
  options,
  routes = {},
  drain = createDrain(),
}: {
  resolvers?: ShopResolvers
  options?: object
  routes?: Partial<RenderRoutesOptions>
  drain?: Drain
} = {}) {
  const path = await mkdtemp(join(tmpdir(), 'monogram-render-'))
  opened.defer(() => rm(path, { recursive: true }))
  await writeFile(join(path, 'card.graphql'), CARD)
  if (options) await writeFile(join(path, 'card.json'), JSON.stringify(options))
  const { gateway } = createShopGraph(resolvers)
  const documents = await loadDocuments({ path, gateway, byField: new Map() })
  const log = silentLog()
  const metrics = createMetrics()
  const server = createHttpServer({ log, drain })
  measureRequests(server, metrics)
  await server.register(renderRoutes({ documents: () => documents, authenticate, log, metrics, ...routes }))
  opened.defer(() => server.close())
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 })
  return {
    url,
    metrics,
    hash: documents.find('card')?.hash ?? '',
    render: async (id: string, body: object): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${url}/render/${id}`, {
        method: 'POST',
        headers: { 'x-api-key': 'reader', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
  }
}
