import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { CALLER_HEADER, type CheckCaller } from '../../core/access/caller-token.ts'
import type { Principal } from '../../core/access/principal.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import { MonogramError } from '../../core/errors.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { createDrain } from '../../platform/drain.ts'
import { silentLog } from '../../platform/log.ts'
import { createSubgraph } from '../create-subgraph.ts'
import { createSubgraphDoor } from './subgraph-door.ts'

const ada: Principal = { kind: 'api-key', id: 'k1', name: 'Ada', scopes: ['read'] }
const check: CheckCaller = (token) =>
  token === 'good' ? { kind: 'known', principal: ada } : { kind: 'refused', why: 'nothing was shown' }

async function openDoor(options: { maxBodyBytes?: number; maxCalls?: number } = {}) {
  const contexts: RequestContext[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const subgraph = createSubgraph({
    name: 'numbers',
    typeDefs: 'type Query { double(n: Int!): Int refused: Int broken: Int held: Int }',
    resolvers: {
      Query: {
        double: (_: unknown, { n }: { n: number }) => 2 * n,
        refused: () => Promise.reject(new MonogramError('BAD_USER_INPUT', 'n: expected less')),
        broken: () => Promise.reject(new Error('a secret detail')),
        held: () => held,
      },
    },
    contextFor(context) {
      contexts.push(context)
      return {}
    },
  })
  const drain = createDrain()
  const server = createServer(createSubgraphDoor({ subgraph, check, drain, log: silentLog(), ...options }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    contexts,
    drain,
    release,
    async ask(body: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [CALLER_HEADER]: 'good', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return {
        status: response.status,
        connection: response.headers.get('connection'),
        body: (await response.json()) as unknown,
      }
    },
    async [Symbol.asyncDispose]() {
      release()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const refusal = (code: string) => ({
  errors: [{ message: expect.any(String) as string, extensions: { code } }],
})

test('a call is answered, and its resolvers know for whom, until when and after what', async () => {
  await using door = await openDoor()
  const id = homeProfile('userId:ada')
  const answer = await door.ask(
    { query: 'query Q($n: Int!) { double(n: $n) }', operationName: 'Q', variables: { n: 4 } },
    {
      'x-request-id': 'r7',
      'x-deadline-ms': '500',
      'x-monogram-after': `${id}:12`,
      traceparent: '00-ab-cd-01',
    },
  )
  expect(answer).toMatchObject({ status: 200, body: { data: { double: 8 } } })
  const [context] = door.contexts
  expect(context).toMatchObject({
    requestId: 'r7',
    principal: ada,
    after: [{ kind: 'version', id, version: 12 }],
    trace: { traceparent: '00-ab-cd-01' },
  })
  expect((context?.deadlineAt ?? 0) - performance.now()).toBeLessThanOrEqual(500)
})

test('errors keep their code and path; a bug is masked', async () => {
  await using door = await openDoor()
  expect((await door.ask({ query: '{ refused broken }' })).body).toEqual({
    data: { refused: null, broken: null },
    errors: [
      { message: 'n: expected less', path: ['refused'], extensions: { code: 'BAD_USER_INPUT' } },
      { message: 'something went wrong on our side', path: ['broken'], extensions: { code: 'INTERNAL' } },
    ],
  })
})

test('nobody but the gateway is let in, and is told what is missing before anything is read', async () => {
  await using door = await openDoor()
  const answer = await door.ask('{ not even JSON', { [CALLER_HEADER]: '' })
  expect(answer).toMatchObject({ status: 401, body: refusal('UNAUTHENTICATED') })
  expect(JSON.stringify(answer.body)).toMatch(/gateway, and nothing was shown; .*same MONOGRAM_SECRET/)
  expect(door.contexts).toEqual([])
})

test.each([
  ['no JSON', '{', {}, 400, 'BODY_NOT_JSON'],
  ['no query', {}, {}, 400, 'BAD_USER_INPUT'],
  ['variables that are a list', { query: '{ double(n: 1) }', variables: [1] }, {}, 400, 'BAD_USER_INPUT'],
  ['an operation name that is a number', { query: '{ x }', operationName: 1 }, {}, 400, 'BAD_USER_INPUT'],
  ['a body that is too long', { query: ' '.repeat(3_000) }, {}, 413, 'BODY_TOO_LARGE'],
  ['another content type', '{}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_ENCODING'],
  ['no receipt', { query: '{ x }' }, { 'x-monogram-after': 'yesterday' }, 400, 'RECEIPT_INVALID'],
])('%s is refused', async (_, body, headers, status, code) => {
  await using door = await openDoor({ maxBodyBytes: 2_000 })
  expect(await door.ask(body, headers as Record<string, string>)).toMatchObject({
    status,
    body: refusal(code),
  })
})

test('calls beyond its bound are refused before they begin', async () => {
  await using door = await openDoor({ maxCalls: 1 })
  const first = door.ask({ query: '{ held }' })
  await expect.poll(() => door.contexts.length).toBe(1)
  expect(await door.ask({ query: '{ double(n: 1) }' })).toMatchObject({
    status: 429,
    body: refusal('OVERLOADED'),
  })
  door.release()
  expect(await first).toMatchObject({ status: 200 })
})

test('while it drains it answers and closes connections; when it closes it says so', async () => {
  await using door = await openDoor()
  const query = { query: '{ double(n: 1) }' }
  expect(await door.ask(query)).toMatchObject({ status: 200, connection: 'keep-alive' })
  door.drain.begin()
  expect(await door.ask(query)).toMatchObject({ status: 200, connection: 'close' })
  door.drain.close()
  expect(await door.ask(query)).toMatchObject({ status: 503, body: refusal('NOT_READY') })
})
