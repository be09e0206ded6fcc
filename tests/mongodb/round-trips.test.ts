import { expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { createEventPath, type EventPath } from '../../ingest/create-event-path.ts'
import { silentLog } from '../../platform/log.ts'
import { openMongodbStorage } from '../../storage/mongodb/open.ts'
import type { Storage } from '../../storage/ports.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { createTestDatabase } from '../support/servers/test-database.ts'

const PEOPLE = 100
const EVENTS = 600
const BATCH = 100

/*
 * What the event path costs in round trips: each is a millisecond or so to a database in the same place, whatever that
 * can do. The rates are those of the protocol server of the tests, on whatever machine runs them.
 */
describeWithServer(DOCUMENT_SERVER, 'the event path on MongoDB', (server) => {
  test('takes a fraction of a round trip an event when many come', async () => {
    await using database = createTestDatabase(server())
    const commands: string[] = []
    await using storage = await openMongodbStorage({
      url: database.url,
      onCommand: (name) => commands.push(name),
    })
    const figures: Record<string, number> = {}
    const measure = async (name: string, count: number, work: () => Promise<unknown>): Promise<void> => {
      const before = commands.length
      const started = performance.now()
      await work()
      figures[`${name}: round trips each`] = (commands.length - before) / count
      figures[`${name}: a second`] = (count / (performance.now() - started)) * 1_000
    }

    const path = openPath(storage)
    commands.length = 0
    await measure('accepted', EVENTS, () => acceptAll(path))
    await measure('settled', EVENTS, () => path.worker.settled())
    const inserts = commands.filter((name) => name === 'insert').length
    figures['appended: round trips each'] = inserts / EVENTS
    figures['folded to profiles: round trips each'] = (commands.length - inserts) / EVENTS
    await path[Symbol.asyncDispose]()
    const ids = Array.from({ length: PEOPLE }, (_, i) => homeProfile(`userId:person-${i}`))
    await measure('read by id, one at a time', PEOPLE, async () => {
      for (const id of ids) expect((await storage.profiles.get([id])).size).toBe(1)
    })
    await measure('read by id, all at once', PEOPLE, () => storage.profiles.get(ids))

    const counted = [...(await storage.profiles.get(ids)).values()]
    expect(counted.reduce((sum, { view }) => sum + view.eventCount, 0)).toBe(EVENTS)
    const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(45)} ${value.toFixed(3)}`)
    process.stdout.write(`${lines.join('\n')}\n`)
    expect(figures['appended: round trips each']).toBe(1 / BATCH)
    expect(figures['folded to profiles: round trips each']).toBeLessThan(0.13)
    expect(figures['read by id, one at a time: round trips each']).toBe(1)
  })
})

function openPath(storage: Storage): EventPath {
  return createEventPath({
    storage,
    feed: createMemoryFeed(),
    clock: Date.now,
    log: silentLog(),
    currency: 'USD',
    // What a worker that has nothing to do asks now and then costs no event anything.
    pollMs: 60_000,
  })
}

async function acceptAll(path: EventPath): Promise<void> {
  for (let first = 0; first < EVENTS; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => orderOf(first + i))
    const results = await path.accept(batch, { source: 'test', maxEventBytes: 32_768 })
    expect(results.every(({ outcome }) => outcome === 'stored')).toBe(true)
  }
}

function orderOf(serial: number): Record<string, unknown> {
  return {
    type: 'track',
    event: 'Order Completed',
    userId: `person-${serial % PEOPLE}`,
    messageId: `m-${serial}`,
    properties: { order_id: `o-${serial}`, total: 1, currency: 'USD' },
  }
}
