import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, startMonogram, type MonogramProcess } from '../bench/support/monogram-process.ts'
import { formatReceipt } from '../core/freshness/receipt.ts'

describe('reading your own write, over HTTP', () => {
  let server: MonogramProcess
  let key: string

  beforeAll(async () => {
    server = await startMonogram()
    key = await createKey(server.dataDir, ['ingest', 'read', 'admin'])
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  async function send(...events: object[]): Promise<string[]> {
    const { body } = await post('/v1/batch?receipts=1', { batch: events })
    return body['receipts'] as string[]
  }

  const bought = (userId: string, order: string) => ({
    type: 'track',
    userId,
    event: 'Order Completed',
    properties: { order_id: order, total: 1, currency: 'GBP' },
  })

  async function ordersOf(kind: string, value: string, after: string, headers: Record<string, string> = {}) {
    const query = `{ profile(by: { kind: "${kind}", value: "${value}" }) { metrics { orders } } }`
    const { status, body } = await post('/graphql', { query }, { 'x-monogram-after': after, ...headers })
    const data = body['data'] as { profile: { metrics: { orders: number } } | null } | undefined
    return {
      status,
      orders: data?.profile?.metrics.orders,
      errors: body['errors'],
      extensions: body['extensions'],
    }
  }

  test('each read after an acknowledgement shows that event', async () => {
    for (let n = 1; n <= 40; n++) {
      const [receipt = ''] = await send(bought('ada', `o-${n}`))
      expect(await ordersOf('userId', 'ada', receipt)).toEqual({
        status: 200,
        orders: n,
        errors: undefined,
        extensions: undefined,
      })
    }
  })

  test('a read after an event that makes two people one shows one', async () => {
    for (let n = 1; n <= 20; n++) {
      const receipts = await send(
        { ...bought('', `b-${n}`), userId: undefined, anonymousId: `browser-${n}` },
        { type: 'identify', userId: `b-${n}`, anonymousId: `browser-${n}` },
      )
      const { orders, extensions } = await ordersOf('userId', `b-${n}`, receipts.join(', '))
      expect({ orders, extensions }).toEqual({ orders: 1, extensions: undefined })
    }
  })

  test('receipts stand beside what became of each event; a rejected one has none, a duplicate that of the first; a messageId that was given is told', async () => {
    const event = { ...bought('cy', 'c-1'), messageId: 'm-1' }
    const first = await post('/v1/batch?verbose=1&receipts=1', { batch: [event, { type: 'track' }] })
    expect(first.body).toMatchObject({
      results: [{ status: 'stored', messageId: 'm-1' }, { status: 'rejected' }],
      receipts: [expect.stringMatching(/^r_/), null],
    })
    const again = await post('/v1/track?receipts=1', event)
    expect(again.body).toEqual({ success: true, receipts: [(first.body['receipts'] as string[])[0]] })
    expect((await post('/v1/track', event)).body).toEqual({ success: true })
    const { messageId: _, ...unnamed } = event
    const named = await post('/v1/batch', { batch: [unnamed, event, { type: 'track' }] })
    expect(named.body).toEqual({ success: true, rejected: 1, messageIds: [expect.any(String), 'm-1', null] })
  })

  test('a trusted document takes receipts in its body', async () => {
    const [receipt = ''] = await send(bought('di', 'd-1'))
    const variables = { by: { kind: 'userId', value: 'di' } }
    const answer = await post('/render/order-follow-up', { variables, after: [receipt], deadlineMs: 5_000 })
    expect(answer).toMatchObject({ status: 200, body: { extensions: { degraded: [] } } })
    expect(answer.body['extensions']).not.toHaveProperty('stale')
    expect(await post('/render/order-follow-up', { variables, after: 7 })).toMatchObject({
      status: 400,
      body: { error: { code: 'RECEIPT_INVALID' } },
    })
  })

  test('a version is demanded as a mutation names it; what is not reached in time is stale, never an error', async () => {
    const [receipt = ''] = await send(
      { type: 'identify', userId: 'eve', anonymousId: 'e' },
      bought('eve', 'e-1'),
    )
    await ordersOf('userId', 'eve', receipt)
    const undo = `mutation { undoMerge(identities: [{ kind: "userId", value: "eve" }, { kind: "anonymousId", value: "e" }])
      { profiles { id version after } } }`
    const { body } = await post('/graphql', { query: undo })
    const { profiles } = (body['data'] as { undoMerge: { profiles: Version[] } }).undoMerge
    for (const { id, version, after } of profiles) {
      expect(after).toBe(`${id}:${version}`)
      expect((await ordersOf('userId', 'eve', after)).extensions).toBeUndefined()
    }
    const [{ id, version } = { id: '', version: 0 }] = profiles
    const began = performance.now()
    const late = await ordersOf('userId', 'eve', `${id}:${version + 5}`, { 'x-deadline-ms': '1000' })
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(late).toMatchObject({
      status: 200,
      orders: 1,
      errors: undefined,
      extensions: { stale: true, held: [{ after: `${id}:${version + 5}`, id }] },
    })
    const render = await post('/render/order-follow-up', {
      variables: { by: { kind: 'userId', value: 'eve' } },
      after: `${id}:${version + 5}`,
      deadlineMs: 1_000,
    })
    expect(render).toMatchObject({
      status: 200,
      body: { extensions: { degraded: [], stale: true, held: [{ id }] } },
    })
  })

  test('what is no receipt, and a receipt of no event, are clear errors', async () => {
    const unknown = formatReceipt('A'.repeat(22))
    for (const [after, code] of [
      [unknown.slice(0, -1), 'RECEIPT_INVALID'],
      [unknown, 'RECEIPT_UNKNOWN'],
    ] as const) {
      const problem = { code, message: expect.stringContaining(after) }
      expect(await ordersOf('userId', 'ada', after)).toMatchObject({
        status: 400,
        errors: [{ message: problem.message, extensions: { code } }],
      })
      const variables = { by: { kind: 'userId', value: 'ada' } }
      expect(await post('/render/order-follow-up', { variables, after })).toMatchObject({
        status: 400,
        body: { error: problem },
      })
      const preview = `${server.url}/emails/order-follow-up/preview?userId=ada&format=json`
      const headers = { authorization: `Bearer ${key}`, 'x-monogram-after': after }
      expect(await (await fetch(preview, { headers })).json()).toMatchObject({ error: problem })
    }
  })
})

interface Version {
  id: string
  version: number
  after: string
}
