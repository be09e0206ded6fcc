import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../platform/project-root.ts'
import { compileMapping } from './compile-mapping.ts'
import { parseMapping } from './mapping.ts'

const minimal = {
  time: { column: 'at', format: 'yyyy-MM-dd' },
  events: [
    { event: { type: 'track', event: 'Seen', messageId: { column: 'id' }, userId: { column: 'who' } } },
  ],
}

function mistakesOf(mapping: unknown): string[] {
  try {
    parseMapping(mapping)
  } catch (error) {
    expect(error).toMatchObject({ code: 'IMPORT_MAPPING_INVALID' })
    return (error as Error).message.split('\n')
  }
  return []
}

test('names every mistake with its place', () => {
  const mistakes = mistakesOf({
    group: 'InvoiceNo',
    time: { column: 'at', format: 'yy' },
    events: [
      {
        when: [{ column: 'a' }],
        event: {
          type: 'purchase',
          userId: { column: 'who', trimm: true },
          properties: { list: { lines: { lines: { column: 'x' } } }, none: null },
        },
      },
    ],
  })
  const places = mistakes.map((mistake) => mistake.split(':')[0])
  expect(places).toEqual(
    expect.arrayContaining([
      'the mapping',
      'time',
      'events.0.when.0',
      'events.0.event.type',
      'events.0.event.userId',
      'events.0.event.messageId',
      'events.0.event.properties.list.lines',
      'events.0.event.properties.none',
    ]),
  )
  expect(mistakes.join('\n')).toContain('trimm')
})

test.each([[null], ['text'], [{}], [{ time: { column: 'at' } }], [{ ...minimal, source: 'a b' }]])(
  'refuses %j',
  (mapping) => {
    expect(mistakesOf(mapping).length).toBeGreaterThan(0)
  },
)

test('refuses names that would reach into a prototype', () => {
  const properties = JSON.parse('{"a": {"__proto__": {"column": "x"}}}') as object
  const [{ event }] = minimal.events as [{ event: object }]
  expect(mistakesOf({ ...minimal, events: [{ event: { ...event, properties } }] })).toEqual([
    expect.stringContaining('events.0.event.properties.a.__proto__'),
  ])
})

test('a header that lacks columns is refused with all of them', () => {
  expect(() => compileMapping(parseMapping(minimal), ['who', 'other'])).toThrow(
    expect.objectContaining({
      code: 'IMPORT_COLUMN_MISSING',
      message: expect.stringMatching(/"at", "id".*its columns are "who", "other"/),
    }),
  )
})

test('the example of the documentation is a mapping', () => {
  const page = readFileSync(join(projectRoot(import.meta.url), 'docs', 'import.md'), 'utf8')
  const example = /```json\n([^]*?)```/.exec(page)?.[1] ?? ''
  expect(parseMapping(JSON.parse(example))).toMatchObject({ source: 'shop', groupBy: 'order no' })
})

test('the mapping of the demo data makes orders, refunds and products of rows', () => {
  const path = join(projectRoot(import.meta.url), 'demo', 'online-retail.mapping.json')
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'.split(
    ',',
  )
  const mapping = compileMapping(parseMapping(JSON.parse(readFileSync(path, 'utf8'))), header)
  const row = (line: number, ...fields: string[]) => ({ line, fields })

  const order = [
    row(2, '536365', '85123A', ' HEART ', '6', '2010-12-01 08:27:00', '2.55', '17850.0', 'United Kingdom'),
    row(3, '536365', '71053', 'LANTERN', '2', '2010-12-01 08:26:00', '3.39', '17850.0', 'United Kingdom'),
  ]
  expect(mapping.toEvent(order)).toEqual({
    type: 'track',
    event: 'Order Completed',
    userId: '17850',
    messageId: '536365',
    timestamp: '2010-12-01T08:26:00.000Z',
    properties: {
      order_id: '536365',
      currency: 'GBP',
      products: [
        { product_id: '85123A', quantity: 6, price: 2.55 },
        { product_id: '71053', quantity: 2, price: 3.39 },
      ],
    },
    context: { traits: { country: 'United Kingdom' } },
  })
  const refund = row(4, 'C536379', 'D', 'Discount', '-1', '2010-12-01 09:41:00', '27.5', '14527.0', 'EIRE')
  expect(mapping.toEvent([refund])).toMatchObject({
    event: 'Order Refunded',
    properties: { order_id: 'C536379', products: [{ product_id: 'D', quantity: 1, price: 27.5 }] },
  })
  expect(mapping.toProduct(order[0] as (typeof order)[0])).toEqual({
    id: '85123A',
    at: Date.UTC(2010, 11, 1, 8, 27),
    fields: { title: 'HEART', price: 255, currency: 'GBP' },
  })
  const note = row(5, '536414', '22139', 'damaged?', '56', '2010-12-01 11:52:00', '0.0', '', 'United Kingdom')
  expect(mapping.toProduct(note)).toBeNull()
  expect(mapping.hasEvent(note)).toBe(false)
})
