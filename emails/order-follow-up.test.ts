import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { buildSchema } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { loadTemplates } from './load-templates.ts'
import type { EmailTemplate } from './template.ts'

const API_SCHEMA = 'schema/api.graphql'
let template: EmailTemplate

beforeAll(async () => {
  template = (await loadTemplates('templates')).get('order-follow-up') as EmailTemplate
})

const pounds = (amount: number): object => ({ amount, currency: 'GBP' })

const shelby = {
  firstName: 'Shelby',
  metrics: { orders: 3, firstOrderAt: '2011-01-20T10:00:00.000Z' },
  lastOrder: {
    orderId: '581483',
    orderedAt: '2011-12-09T09:15:00.000Z',
    total: pounds(3650),
    lineCount: 3,
    lines: [
      {
        productId: '85123A',
        title: null,
        quantity: 6,
        price: pounds(255),
        total: pounds(1530),
        product: { title: 'WHITE HANGING HEART T-LIGHT HOLDER', image: null },
      },
      { productId: 'X1', title: null, quantity: 1, price: null, total: null, product: null },
    ],
  },
  recommendations: [
    {
      reason: { text: 'Because you bought WHITE METAL LANTERN', product: { title: 'WHITE METAL LANTERN' } },
      product: {
        id: '1',
        title: 'RED HOTTIE',
        url: 'https://shop.example/1',
        image: null,
        price: pounds(375),
      },
    },
    {
      reason: { text: 'Popular right now', product: null },
      product: { id: '2', title: 'Cakestand', url: 'javascript:alert(1)', image: null, price: null },
    },
    { reason: { text: 'Popular right now', product: null }, product: null },
  ],
}

test.runIf(existsSync(API_SCHEMA))('every query in templates/ fits the graph', async () => {
  const schema = buildSchema(await readFile(API_SCHEMA, 'utf8'))
  expect([...(await loadTemplates('templates', { schema })).keys()]).toContain('order-follow-up')
})

test('shows the order, the picks with their reasons, and thanks a customer who came back', () => {
  expect(template.subject({ profile: shelby })).toBe('Thank you for your order, Shelby')
  expect(template.text({ profile: shelby })).toBe(`MONOGRAM GIFTS

Thank you, Shelby

We hope that everything arrived well and finds a good place. Here is your order once more, for your records.

This was order number 3 since January 2011. Thank you for coming back.

Your order

No. 581483 · 9 December 2011

White Hanging Heart T-Light Holder
6 × £2.55
£15.30

X1
1

and 1 more item

Total
£36.50

Goes well with it

Red Hottie (https://shop.example/1)
£3.75
Because you bought White Metal Lantern

Cakestand
Popular right now

You receive this because you are a customer of Monogram Gifts.
`)
})

test.each<[string, unknown, string, string[]]>([
  [
    'nothing is known but the person',
    { ...shelby, lastOrder: null, recommendations: null, metrics: null },
    'A few things we picked, Shelby',
    ['Hello, Shelby', 'Come by'],
  ],
  [
    'there is neither name nor order',
    { ...shelby, firstName: null, lastOrder: null },
    'A few things we picked for you',
    ['Hello', 'Picked for you', 'Red Hottie'],
  ],
  [
    'the lines did not come',
    { ...shelby, lastOrder: { ...shelby.lastOrder, lines: null, lineCount: null } },
    'Thank you for your order, Shelby',
    ['Total', '£36.50'],
  ],
  ['the whole profile did not come', null, 'A few things we picked for you', ['Hello', 'Come by']],
])('is a whole e-mail when %s', (_, profile, subject, parts) => {
  expect(template.subject({ profile })).toBe(subject)
  const text = template.text({ profile })
  for (const part of parts) expect(text).toContain(part)
  expect(template.html({ profile })).toMatch(/^<!doctype html>[\s\S]*<\/html>$/)
})

test('nothing that a stranger sent becomes markup or a link that runs', () => {
  const firstName = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>'
  const html = template.html({ profile: { ...shelby, firstName } })
  expect(html).not.toMatch(/<script|<img|javascript:/i)
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('is small enough not to be clipped, and fetches nothing', () => {
  const html = template.html({ profile: shelby })
  expect(Buffer.byteLength(html)).toBeLessThan(50_000)
  expect(html).not.toMatch(/<link|@import|fonts\.googleapis/)
})
