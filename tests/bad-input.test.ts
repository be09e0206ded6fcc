import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createKey,
  runMonogram,
  startMonogram,
  type MonogramProcess,
} from '../bench/support/monogram-process.ts'
import { projectRoot } from '../platform/project-root.ts'
import { graph } from './support/graph.ts'

const MAPPING = join(projectRoot(import.meta.url), 'demo', 'online-retail.mapping.json')

const EVENTS = `query ($by: ProfileKey!, $after: String, $types: [String!]) {
  profile(by: $by) { events(first: 1, after: $after, types: $types) { edges { cursor } } }
}`

describe('bad input gets a clear error, and harms nothing', () => {
  let server: MonogramProcess
  let ingest: string
  let read: string

  beforeAll(async () => {
    server = await startMonogram()
    ingest = await createKey(server.dataDir, ['ingest'])
    read = await createKey(server.dataDir, ['read'])
    expect(await post('/v1/track', event({ messageId: 'acknowledged' }))).toMatchObject({ status: 200 })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each([
    ['broken JSON', '{"type": "track"', 400, 'BODY_NOT_JSON'],
    ['JSON that is no object', '[1]', 400, 'BODY_NOT_JSON'],
    ['a body over 500 KB', JSON.stringify(event({ pad: 'x'.repeat(600_000) })), 413, 'BODY_TOO_LARGE'],
    ['an event over 32 KB', JSON.stringify(event({ pad: 'x'.repeat(40_000) })), 400, 'EVENT_TOO_LARGE'],
    ['an event of nobody', '{"event": "Signed Up"}', 400, 'EVENT_NO_IDENTITY'],
    ['a track without a name', '{"userId": "u"}', 400, 'EVENT_NAME_MISSING'],
    ['properties that are a list', JSON.stringify(event({ properties: [] })), 400, 'EVENT_FIELD_INVALID'],
    ['a user id that is an object', JSON.stringify(event({ userId: {} })), 400, 'EVENT_FIELD_INVALID'],
    ['an unreadable time', JSON.stringify(event({ timestamp: 'yesterday' })), 400, 'EVENT_TIME_INVALID'],
    [
      'an ancient time',
      JSON.stringify(event({ timestamp: '1066-10-14T09:00:00Z' })),
      400,
      'EVENT_TIME_INVALID',
    ],
    [
      'a __proto__ key',
      '{"userId":"u","event":"e","properties":{"__proto__":{"x":1}}}',
      400,
      'EVENT_KEY_FORBIDDEN',
    ],
    [
      'deep nesting',
      `{"userId":"u","event":"e","properties":${'['.repeat(9000)}${']'.repeat(9000)}}`,
      400,
      'EVENT_TOO_DEEP',
    ],
  ])('%s', async (_, body, status, code) => {
    expect(await post('/v1/track', body)).toMatchObject({ status, body: { error: { code } } })
  })

  test('a time far ahead is taken as five minutes ahead at most', async () => {
    const future = event({ userId: 'early-bird', timestamp: '2199-01-01T00:00:00Z' })
    expect(await post('/v1/track', future)).toMatchObject({ status: 200 })
    const lastSeenAt = async (): Promise<number> => {
      const query = `{ profile(by: { kind: "userId", value: "early-bird" }) { lastSeenAt } }`
      const { data } = await graph(server.url, read, query)
      return Date.parse((data as { profile: { lastSeenAt: string } | null }).profile?.lastSeenAt ?? '')
    }
    await expect.poll(lastSeenAt, { timeout: 10_000 }).toBeLessThanOrEqual(Date.now() + 5 * 60_000)
  })

  test('a batch tells what became of each event, and keeps the good ones', async () => {
    const batch = [event({ messageId: 'good' }), { type: 'track' }, 7]
    expect(await post('/v1/batch?verbose=1', { batch })).toMatchObject({
      status: 200,
      body: {
        results: [
          { index: 0, status: 'stored', messageId: 'good' },
          { index: 1, status: 'rejected', code: expect.any(String), reason: expect.any(String) },
          { index: 2, status: 'rejected', code: 'EVENT_NOT_OBJECT' },
        ],
      },
    })
    expect(await post('/v1/batch', { batch: [] })).toMatchObject({ body: { error: { code: 'BATCH_EMPTY' } } })
    const many = { batch: Array.from({ length: 2_501 }, () => ({})) }
    expect(await post('/v1/batch', many)).toMatchObject({
      status: 400,
      body: { error: { code: 'BATCH_TOO_LONG' } },
    })
  })

  test('an unknown write key and a key without the scope are refused by name', async () => {
    expect(await post('/v1/track', event({}), 'nobody')).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHENTICATED' } },
    })
    expect(await post('/v1/track', event({}), read)).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN', message: expect.stringContaining('ingest') } },
    })
    expect((await graph(server.url, ingest, '{ segments { key } }')).errors?.[0]).toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    })
  })

  test('a field that the graph does not have is named, with what was meant', async () => {
    const query = '{ profile(by: { kind: "userId", value: "u" }) { metric { orders } } }'
    expect((await graph(server.url, read, query)).errors?.[0]).toMatchObject({
      message: expect.stringContaining('Did you mean "metrics"'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    const both = '{ profile(by: { id: "x", kind: "userId", value: "u" }) { id } }'
    expect((await graph(server.url, read, both)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  test("an object where a variable or a cursor is text is refused as the client's mistake, never asked of the store", async () => {
    const operator = { $gt: '' }
    const text = { kind: 'userId', value: 'early-bird' }
    const asked: [query: string, variables: Record<string, unknown>][] = [
      ['query ($by: ProfileKey!) { profile(by: $by) { id } }', { by: { kind: 'userId', value: operator } }],
      ['query ($by: ProfileKey!) { profile(by: $by) { id } }', { by: { kind: operator, value: 'u' } }],
      ['query ($by: ProfileKey!) { profile(by: $by) { id } }', { by: { id: operator } }],
      ['query ($by: [ProfileKey!]!) { profiles(by: $by) { id } }', { by: [{ id: [operator] }] }],
      ['query ($id: ID!) { product(id: $id) { id } }', { id: operator }],
      ['query ($text: String!) { searchProfiles(text: $text) { edges { cursor } } }', { text: operator }],
      [EVENTS, { by: text, after: operator }],
      [EVENTS, { by: text, types: [operator] }],
      [EVENTS, { by: text, after: Buffer.from('{"$gt":""},a').toString('base64url') }],
      [EVENTS, { by: text, after: Buffer.from('9999999999999999,a').toString('base64url') }],
    ]
    for (const [query, variables] of asked) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': read },
        body: JSON.stringify({ query, variables }),
      })
      expect(response.status).toBeLessThan(500)
      const { errors } = (await response.json()) as { errors?: { extensions?: { code?: string } }[] }
      expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
    }
  })

  test('an unknown template, an unknown person and an unknown address are told apart', async () => {
    const preview = (path: string): Promise<unknown> =>
      fetch(`${server.url}${path}`, { headers: { 'x-api-key': read } }).then((response) => response.json())
    expect(await preview('/emails/birthday/preview?userId=u')).toMatchObject({
      error: { code: 'TEMPLATE_UNKNOWN' },
    })
    expect(await preview('/emails/order-follow-up/preview?userId=nobody')).toMatchObject({
      error: { code: 'RECIPIENT_UNKNOWN' },
    })
    expect(await preview('/nothing')).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('a second process on the data folder, and one on the port, say who has it', async () => {
    const second = await runMonogram(['start', '--no-demo'], { dataDir: server.dataDir })
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('DATA_DIR_LOCKED') })
    expect(second.stderr).toContain(String(server.pid))
    const env = { MONOGRAM_PORT: new URL(server.url).port }
    const other = await runMonogram(['start', '--no-demo'], { dataDir: `${server.dataDir}/other`, env })
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('PORT_IN_USE') })
  })

  test('a setting that is wrong or misspelt is named, all together', async () => {
    const env = { MONOGRAM_PORT: 'abc', MONOGRAM_CURENCY: 'EUR' }
    const { code, stderr } = await runMonogram(['status'], { dataDir: server.dataDir, env })
    expect(code).toBe(1)
    expect(stderr).toMatch(/CONFIG_INVALID[\s\S]*MONOGRAM_PORT[\s\S]*abc/)
    expect(stderr).toContain('MONOGRAM_CURRENCY')
  })

  test('a truncated gzip and a file without the columns of the mapping stop with what is wrong', async () => {
    const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
    const rows = Array.from(
      { length: 5_000 },
      (_, i) => `9${i},X,BELL ${Math.sin(i)},1,2026-01-05 10:00:00,1.25,1.0,UK\n`,
    )
    const whole = gzipSync(header + rows.join(''))
    const cut = join(server.dataDir, 'cut.csv.gz')
    writeFileSync(cut, whole.subarray(0, whole.length / 2))
    expect(await importFile(cut)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('IMPORT_FILE_UNREADABLE'),
    })
    const narrow = join(server.dataDir, 'narrow.csv')
    writeFileSync(narrow, 'InvoiceNo,Quantity\n1,2\n')
    const missing = await importFile(narrow)
    expect(missing.stderr).toContain('IMPORT_COLUMN_MISSING')
    expect(missing.stderr).toContain('StockCode')
  })

  test('rows that are wrong go to a file with their line and reason, and the others come in', async () => {
    const file = join(server.dataDir, 'mixed.csv')
    const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
    writeFileSync(
      file,
      [
        header,
        'G1,X,BELL,1,2026-01-05 10:00:00,1.25,77.0,UK',
        'B1,X,BELL,many,2026-01-05 10:00:00,1.25,77.0,UK',
      ].join('\n'),
    )
    const rejected = join(server.dataDir, 'rejected.ndjson')
    const { code, stdout } = await importFile(file, ['--rejected', rejected])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2, rejectedRows: 1, events: { stored: 1 } })
    expect(JSON.parse(readFileSync(rejected, 'utf8').trim())).toMatchObject({
      line: 3,
      code: 'IMPORT_ROW_INVALID',
    })
  })

  test('after all of this the server is ready and holds what it acknowledged', async () => {
    expect((await fetch(`${server.url}/healthz/ready`)).status).toBe(200)
    const repeated = await post('/v1/batch?verbose=1', { batch: [event({ messageId: 'acknowledged' })] })
    expect(repeated).toMatchObject({ status: 200, body: { results: [{ status: 'duplicate' }] } })
  })

  function importFile(file: string, more: readonly string[] = []) {
    return runMonogram(['import', file, '--mapping', MAPPING, '--json', ...more], { dataDir: server.dataDir })
  }

  async function post(path: string, body: unknown, key = ingest): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
})

function event(more: Record<string, unknown>): Record<string, unknown> {
  return { type: 'track', event: 'Signed Up', userId: 'u', ...more }
}
