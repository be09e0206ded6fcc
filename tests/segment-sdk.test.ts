import { Analytics } from '@segment/analytics-node'
import { expect, test } from 'vitest'
import { createKey, startMonogram } from '../bench/support/monogram-process.ts'
import { graph } from './support/graph.ts'
import { eventually } from './support/eventually.ts'

test('what the real Segment SDK for Node sends arrives in one profile', async () => {
  await using server = await startMonogram()
  const writeKey = await createKey(server.dataDir, ['ingest'])
  const readKey = await createKey(server.dataDir, ['read'])
  const analytics = new Analytics({ writeKey, host: server.url, flushAt: 5 })
  const failures: unknown[] = []
  analytics.on('error', (failure) => failures.push(failure))

  analytics.track({
    anonymousId: 'browser-1',
    event: 'Product Viewed',
    properties: { product_id: 'A', name: 'Lantern' },
  })
  analytics.identify({
    userId: 'ada',
    anonymousId: 'browser-1',
    traits: { email: 'Ada@Example.com', firstName: 'Ada' },
  })
  analytics.track({
    userId: 'ada',
    event: 'Order Completed',
    properties: {
      order_id: 'o-1',
      currency: 'GBP',
      products: [{ product_id: 'A', quantity: 3, price: 2.55 }],
    },
  })
  await analytics.closeAndFlush()
  expect(failures).toEqual([])

  await eventually(async () => {
    const answer = await graph(
      server.url,
      readKey,
      `{ profile(by: { kind: "anonymousId", value: "browser-1" }) {
          email firstName
          identities { kind value }
          metrics(currency: "GBP") { orders revenue { amount currency } }
          events(first: 10) { totalCount edges { node { name } } }
        }
        product(id: "A") { title } }`,
    )
    expect(answer).toEqual({
      data: {
        profile: {
          email: 'ada@example.com',
          firstName: 'Ada',
          identities: [
            { kind: 'userId', value: 'ada' },
            { kind: 'email', value: 'ada@example.com' },
            { kind: 'anonymousId', value: 'browser-1' },
          ],
          metrics: { orders: 1, revenue: { amount: 765, currency: 'GBP' } },
          events: {
            totalCount: 3,
            edges: expect.arrayContaining([
              { node: { name: 'Order Completed' } },
              { node: { name: 'identify' } },
              { node: { name: 'Product Viewed' } },
            ]),
          },
        },
        product: { title: 'Lantern' },
      },
    })
  })
})
