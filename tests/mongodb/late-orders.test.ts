import { expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { anEvent } from '../../storage/contract/documents.ts'
import { openMongodbStorage } from '../../storage/mongodb/open.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import { createRecommendationIndex } from '../../subgraphs/recommendations/index-feed.ts'
import { eventually } from '../support/eventually.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { createTestDatabase } from '../support/servers/test-database.ts'

/** More than one page of the index. */
const ORDERS = 250

describeWithServer(DOCUMENT_SERVER, 'baskets from a log with many writers', (server) => {
  test('an order that commits behind what was read is counted, once, at the next look back', async () => {
    await using database = createTestDatabase(server())
    await using storage = await openMongodbStorage({ url: database.url })
    /** A process whose write took half a minute: its events have their places where others were read already. */
    await using slow = await openMongodbStorage({ url: database.url, clock: () => Date.now() - 30_000 })
    await storage.events.append(Array.from({ length: ORDERS }, (_, i) => anOrder(`order-${i}`)))
    await using index = createRecommendationIndex({
      storage,
      feed: createMemoryFeed(),
      log: silentLog(),
      catchUpIntervalMs: 1,
      lookBackIntervalMs: 50,
    })
    await index.ready
    expect(index.baskets.size).toBe(ORDERS)
    await slow.events.append([anOrder('late')])
    await eventually(async () => expect(index.baskets.size).toBe(ORDERS + 1))
    expect(index.baskets.neighbours('a').together).toEqual([ORDERS + 1])
  })
})

function anOrder(key: string) {
  const products = [{ product_id: 'a' }, { product_id: 'b' }]
  return anEvent(key, {
    name: 'Order Completed',
    body: { type: 'track', properties: { order_id: key, products } },
  })
}
