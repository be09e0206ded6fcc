import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MonogramError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { StorageError } from '../../storage/ports.ts'
import { createImportWorld, type ImportWorld } from '../../tests/support/import-world.ts'

const HEADER = 'order,sku,title,qty,at,price,who'
const MAPPING: JsonValue = {
  source: 'shop',
  groupBy: 'order',
  skipEventWhenEmpty: 'who',
  time: { column: 'at', format: 'yyyy-MM-dd HH:mm' },
  events: [
    {
      event: {
        type: 'track',
        event: 'Order Completed',
        userId: { column: 'who' },
        messageId: { column: 'order' },
        properties: {
          products: {
            lines: { product_id: { column: 'sku' }, quantity: { column: 'qty', as: 'number' } },
          },
        },
      },
    },
  ],
  product: {
    when: [{ column: 'title', empty: false }],
    id: { column: 'sku' },
    title: { column: 'title', trim: true },
    price: { column: 'price', as: 'number' },
    currency: 'GBP',
  },
}

function csv(...rows: string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`
}

function event(world: ImportWorld, messageId: string): JsonObject | undefined {
  return world.events.get(`import:shop ${messageId}`)
}

test('puts the rows of an event together wherever they stand, with the earliest time', async () => {
  await using world = await createImportWorld()
  const path = await world.write(
    'orders.csv',
    csv(
      '1,a,Apple,2,2024-01-01 10:05,1.5,ada',
      '2,a,Apple,1,2024-01-01 11:00,1.6,bob',
      '1,b,"Pear, green",1,2024-01-01 10:00,2,ada',
      ',c,Lost,1,2024-01-02 10:00,2,ada',
      '3,b,"Pear ""Gold""",1,2024-01-03 10:00,2.105,',
    ),
  )
  const summary = await world.run({ path, mapping: MAPPING })

  expect(event(world, '1')).toMatchObject({
    userId: 'ada',
    timestamp: '2024-01-01T10:00:00.000Z',
    properties: {
      products: [
        { product_id: 'a', quantity: 2 },
        { product_id: 'b', quantity: 1 },
      ],
    },
  })
  expect(world.events.size).toBe(2)
  expect(world.products.get('a')).toMatchObject({ title: { value: 'Apple' }, price: { value: 160 } })
  expect(world.products.get('b')).toMatchObject({ title: { value: 'Pear "Gold"' }, price: { value: 211 } })
  expect(summary).toMatchObject({
    source: 'import:shop',
    rows: 5,
    events: { stored: 2, duplicate: 0, conflict: 0, rejected: 1 },
    products: 2,
    skipped: 1,
    rejectedRows: 1,
  })
  expect(await world.rejected()).toEqual([
    {
      line: 5,
      code: 'IMPORT_ROW_INVALID',
      reason: expect.stringContaining('grouped'),
      row: expect.anything(),
    },
  ])
  expect(await world.temporary()).toEqual([])
})

test('the same rows in any order give the same events and products, and importing again changes nothing', async () => {
  const row = fc.record({
    order: fc.nat(5),
    sku: fc.nat(3),
    minute: fc.nat(59),
    qty: fc.integer({ min: 1, max: 9 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), fc.boolean(), async (rows, packed) => {
      await using world = await createImportWorld()
      const lines = rows.map(
        ({ order, sku, minute, qty }) =>
          `${order},s${sku},T${order}-${minute},${qty},2024-01-01 10:${String(minute).padStart(2, '0')},1,u${order}`,
      )
      const content = csv(...lines)
      const path = await world.write('orders.csv', packed ? gzipSync(content) : content)
      await world.run({ path, mapping: MAPPING })
      const quantities = [...world.events.values()].map(sumQuantity)
      expect(quantities.reduce((sum, n) => sum + n, 0)).toBe(rows.reduce((sum, { qty }) => sum + qty, 0))
      const before = structuredClone(world.products)

      const again = await world.run({ path, mapping: MAPPING })
      expect(again.events).toEqual({ stored: 0, duplicate: world.events.size, conflict: 0, rejected: 0 })
      expect(world.products).toEqual(before)
    }),
    { numRuns: 25 },
  )
})

function sumQuantity({ properties }: JsonObject): number {
  const { products } = properties as unknown as { products: { quantity: number }[] }
  return products.reduce((sum, { quantity }) => sum + quantity, 0)
}

test('one bad row refuses its whole event, told by line with the reason, and nothing else', async () => {
  await using world = await createImportWorld()
  const path = await world.write(
    'orders.csv',
    csv(
      '1,a,Apple,2,2024-01-01 10:00,1,ada',
      '1,b,Pear,two,2024-01-01 10:00,1,ada',
      '2,a,Apple,1,2024-01-01 10:00,1,bob',
      '3,a,Apple,1,yesterday,1,eve',
      '4,a',
    ),
  )
  const summary = await world.run({ path, mapping: MAPPING })
  expect([...world.events.keys()]).toEqual(['import:shop 2'])
  expect(summary).toMatchObject({ events: { stored: 1, rejected: 3 }, rejectedRows: 4 })
  const rejected = await world.rejected()
  expect(rejected.toSorted((a, b) => a.line - b.line)).toMatchObject([
    { line: 2, reason: 'line 3 of the same event: qty: expected a number, got "two"', row: { sku: 'a' } },
    { line: 3, reason: 'qty: expected a number, got "two"', row: { order: '1', qty: 'two' } },
    { line: 5, reason: 'at: expected yyyy-MM-dd HH:mm, got "yesterday"' },
    { line: 6, reason: 'expected 7 columns, got 2', row: ['4', 'a'] },
  ])
})

test('an event that is refused on acceptance is told of row by row', async () => {
  await using world = await createImportWorld()
  const path = await world.write(
    'orders.csv',
    csv('1,a,A,1,2024-01-01 10:00,1,ada', '1,b,B,1,2024-01-01 10:00,1,ada'),
  )
  const accept = (raws: readonly unknown[]) =>
    Promise.resolve(
      raws.map(() => ({ outcome: 'rejected', code: 'EVENT_TOO_LARGE', reason: 'too large' }) as const),
    )
  const summary = await world.run({ path, mapping: MAPPING, accept })
  expect(summary).toMatchObject({ events: { rejected: 1 }, rejectedRows: 2 })
  expect(await world.rejected()).toMatchObject([
    { line: 2, code: 'EVENT_TOO_LARGE', row: { sku: 'a' } },
    { line: 3, code: 'EVENT_TOO_LARGE', row: { sku: 'b' } },
  ])
})

test('missing columns are all named, and nothing is imported', async () => {
  await using world = await createImportWorld()
  const path = await world.write('orders.csv', 'order,sku,title\n1,a,A\n')
  await expect(world.run({ path, mapping: MAPPING })).rejects.toMatchObject({
    code: 'IMPORT_COLUMN_MISSING',
    message: expect.stringMatching(/"who".*"at".*"qty".*"price"/),
  })
})

test('a gzip that is cut short is refused before it gave any event', async () => {
  await using world = await createImportWorld()
  const rows = Array.from(
    { length: 5_000 },
    (_, i) => `${i},s${i},T,1,2024-01-01 10:00,1,u${(i * 7919) % 977}`,
  )
  const whole = gzipSync(csv(...rows))
  const path = await world.write('orders.csv.gz', whole.subarray(0, Math.floor(whole.length * 0.7)))
  await expect(world.run({ path, mapping: MAPPING })).rejects.toMatchObject({
    code: 'IMPORT_FILE_UNREADABLE',
    message: expect.stringMatching(/cut short; reading came to line \d+, and no event was imported/),
  })
  expect(world.events.size).toBe(0)
  expect(await world.temporary()).toEqual([])
})

test.each([
  ['an empty file', '', 'a header line was expected'],
  ['a quote that is never closed', csv('1,a,"Apple,1,2024-01-01 10:00,1,ada'), 'line 2'],
])('%s is unreadable', async (_, content, message) => {
  await using world = await createImportWorld()
  const path = await world.write('orders.csv', content)
  await expect(world.run({ path, mapping: MAPPING })).rejects.toMatchObject({
    code: 'IMPORT_FILE_UNREADABLE',
    message: expect.stringContaining(message),
  })
})

test('a file that is not there, and a folder, are unreadable', async () => {
  await using world = await createImportWorld()
  for (const path of [join(world.folder, 'none.csv'), world.folder]) {
    await expect(world.run({ path, mapping: MAPPING })).rejects.toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
    })
  }
})

test('an interrupted import goes on where it was, counts nothing twice, and clears what it left', async () => {
  await using world = await createImportWorld()
  const rows = Array.from(
    { length: 6_000 },
    (_, i) => `${i % 4_000},s${i % 50},Title,1,2024-01-01 10:00,1,u${i % 4_000}`,
  )
  const path = await world.write('orders.csv', csv(...rows))
  const options = { path, mapping: MAPPING, bucketBytes: 20_000 }
  await mkdir(join(world.folder, 'imports', '1-0-dead'), { recursive: true })
  const stop = new AbortController()
  const interrupted = world.run({
    ...options,
    signal: stop.signal,
    onProgress: () => {
      if (world.progress.size > 0) stop.abort()
    },
  })
  await expect(interrupted).rejects.toMatchObject({ code: 'IMPORT_INTERRUPTED' })
  const before = world.accepted
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(4_000)
  expect(await world.temporary()).toEqual([])

  const summary = await world.run(options)
  expect(summary).toMatchObject({ resumed: true, rows: 6_000, rejectedRows: 0 })
  expect(summary.events.stored + summary.events.duplicate).toBe(4_000)
  expect(world.events.size).toBe(4_000)
  expect(world.accepted - before).toBeLessThan(4_000)

  const again = await world.run(options)
  expect(again).toMatchObject({ resumed: false, events: { stored: 0, duplicate: 4_000 } })
})

test('a store that is busy is asked again; one that fails for good ends the import with its error', async () => {
  await using world = await createImportWorld()
  const path = await world.write('orders.csv', csv('1,a,A,1,2024-01-01 10:00,1,ada'))
  const failures: Error[] = [
    new MonogramError('OVERLOADED', 'later'),
    unavailable(new StorageError('no primary', { retryable: true })),
  ]
  const busy = await world.run({
    path,
    mapping: MAPPING,
    accept: (raws) => {
      const failure = failures.shift()
      if (failure) return Promise.reject(failure)
      return Promise.resolve(raws.map(() => ({ outcome: 'stored', key: 'k', messageId: 'm' }) as const))
    },
  })
  expect(busy.events.stored).toBe(1)

  const broken = unavailable(new StorageError('the disk is full', { retryable: false }))
  await expect(world.run({ path, mapping: MAPPING, accept: () => Promise.reject(broken) })).rejects.toBe(
    broken,
  )
})

/** As accepting says it. */
function unavailable(cause: StorageError): MonogramError {
  return new MonogramError('STORAGE_UNAVAILABLE', 'the events cannot be stored now', { cause })
}

test('without grouping every row is an event of its own', async () => {
  await using world = await createImportWorld()
  const path = await world.write(
    'seen.csv',
    '\uFEFFid;who;when\r\n1;ada;2024-01-01T10:00:00Z\r\n\r\n2;;2024-01-01T10:00:00Z\r\n',
  )
  const summary = await world.run({
    path,
    mapping: {
      delimiter: ';',
      skipEventWhenEmpty: 'who',
      time: { column: 'when' },
      events: [
        { event: { type: 'track', event: 'Seen', userId: { column: 'who' }, messageId: { column: 'id' } } },
      ],
    },
  })
  expect(summary).toMatchObject({ source: 'import:file', rows: 2, skipped: 1, events: { stored: 1 } })
  expect(world.events.get('import:file 1')).toMatchObject({ event: 'Seen', userId: 'ada' })
})
