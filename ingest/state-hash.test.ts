import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentLog } from '../platform/log.ts'
import { backupDataDir } from '../storage/embedded/backup.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import { restoreDataDir } from '../storage/embedded/restore.ts'
import type { Storage } from '../storage/ports.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { createEventPath, type EventPath } from './create-event-path.ts'
import { hashState } from './state-hash.ts'

let clock = Date.parse('2026-03-01T12:00:00Z')
const context = { source: 'test', maxEventBytes: 32_768 }

function start(storage: Storage): EventPath {
  const options = { feed: createMemoryFeed(), log: silentLog(), currency: 'USD' }
  return createEventPath({
    storage,
    clock: () => clock++,
    normalise: { country: 'GB', lookups: {} },
    ...options,
  })
}

/** Orders of six people, three of whom are known by a browser first. */
const EVENTS = Array.from({ length: 60 }, (_, i) => {
  const person = i % 6
  const anonymous = person < 3 && i < 30 ? { anonymousId: `browser-${person}` } : { userId: `user-${person}` }
  const both = i >= 54 && person < 3 ? { anonymousId: `browser-${person}` } : {}
  const traits = { email: `Person${person}@Example.com`, phone: `020 7946 095${person}`, country: 'UK' }
  return {
    ...(i % 2 === 0
      ? { type: 'track', event: 'Order Completed', properties: { order_id: `o-${i}`, total: i + 0.5 } }
      : { type: 'identify', traits }),
    ...anonymous,
    ...both,
    messageId: `m-${i}`,
    timestamp: new Date(Date.parse('2026-02-01T00:00:00Z') + i * 3_600_000).toISOString(),
  }
})

test('a state is the same in whatever order its events came, and another with one event less', async () => {
  const hashes: string[] = []
  for (const events of [EVENTS, EVENTS.toReversed(), EVENTS.slice(1)]) {
    const storage = openMemoryStorage()
    await using path = start(storage)
    for (const event of events) await path.accept([event], context)
    await path.worker.settled()
    hashes.push((await hashState(storage.profiles)).hash)
  }
  expect(hashes[1]).toBe(hashes[0])
  expect(hashes[2]).not.toBe(hashes[0])
})

test('restore plus replay gives the state that was backed up, and events sent again count once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-state-'))
  const [dataDir, target, restored] = [join(dir, 'data'), join(dir, 'backup'), join(dir, 'restored')]
  try {
    let whole: string
    {
      await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
      await using path = start(storage)
      await path.accept(EVENTS.slice(0, 40), context)
      await path.worker.settled()
      await backupDataDir({ dataDir, target, clock: () => clock })
      await path.accept(EVENTS.slice(40), context)
      await path.worker.settled()
      whole = (await hashState(storage.profiles)).hash
    }
    await restoreDataDir({ from: target, dataDir: restored })
    await using storage = await openEmbeddedStorage({ dir: restored, writer: 'inline' })
    await using path = start(storage)
    const backedUp = (await hashState(storage.profiles)).hash
    const control = { onProgress: () => undefined, signal: new AbortController().signal }
    await path.replay({ kind: 'all' }, control)
    await path.worker.settled()
    expect((await hashState(storage.profiles)).hash).toBe(backedUp)

    const again = await path.accept(EVENTS, context)
    expect(again.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(40)
    await path.worker.settled()
    expect(await hashState(storage.profiles)).toEqual({ hash: whole, profiles: 6 })
    expect(backedUp).not.toBe(whole)
  } finally {
    await rm(dir, { recursive: true })
  }
})
