import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { homeProfile, type IdentityKey } from '../../core/identity/identity-key.ts'
import type { DeliveryPolicy } from '../../schema/generated/profiles.ts'
import { aRow } from '../../storage/contract/documents.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import type { Change } from '../../stream/ports.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { aPerson, aTombstone, putPeople } from '../../tests/support/people.ts'
import { createProfileFollower, type ProfileMessage } from './follow-profile.ts'

const ADA = 'userId:ada'
const VISITOR = 'anonymousId:visitor'
const adaId = homeProfile(ADA)
const visitorId = homeProfile(VISITOR)

function setUp(options: { maxWaiting?: number; onCall?: (name: string) => void } = {}) {
  const storage = openMemoryStorage(options.onCall ? { onCall: options.onCall } : {})
  const feed = createMemoryFeed()
  const { profiles, identities } = storage
  const followProfile = createProfileFollower({
    profiles,
    identities,
    feed,
    ...(options.maxWaiting !== undefined && { maxWaiting: options.maxWaiting }),
  })
  const ending = new AbortController()
  const follow = (key: IdentityKey, policy: DeliveryPolicy = 'ALL') =>
    reader(followProfile({ kind: 'identity', key }, { policy, signal: ending.signal }))
  const followId = (id: string, policy: DeliveryPolicy = 'ALL') =>
    reader(followProfile({ kind: 'id', id }, { policy, signal: ending.signal }))

  /** Writes a version of Ada and tells it, as the fold and the relay do. */
  const tell = async (version: number, changed: string[] = ['traits'], from = version) => {
    await putPeople(storage, aPerson(ADA, { traits: { n: version } }, { version }))
    await feed.append([aChange({ id: adaId, from, version, changed })])
  }
  return { storage, feed, follow, followId, tell, ending }
}

function aChange(fields: Partial<Change> & { id: string; version: number }): Change {
  return { entity: 'Profile', from: fields.version, changed: ['traits'], at: 1, ...fields }
}

/** Short forms of the messages as they come. */
function reader(source: AsyncIterableIterator<{ profileChanged: ProfileMessage }>) {
  return {
    source,
    async next() {
      const item = await source.next()
      if (item.done) return 'ended' as const
      const { profile, from, version, changed, mergedInto } = item.value.profileChanged
      return { id: profile?.id ?? null, at: profile?.version ?? null, from, version, changed, mergedInto }
    },
  }
}

describe('following a profile', () => {
  test('begins with the present profile and goes on with each change', async () => {
    const { follow, tell } = setUp()
    await tell(3)
    const messages = follow(ADA)
    expect(await messages.next()).toEqual({ ...seen(3), from: 3, changed: [] })
    await tell(4)
    expect(await messages.next()).toEqual({ ...seen(4), from: 4, changed: ['traits'] })
    await tell(5, ['metrics'])
    expect(await messages.next()).toEqual({ ...seen(5), from: 5, changed: ['metrics'] })
  })

  test('tells every change in order, and none twice, when they came while nobody looked', async () => {
    const { follow, tell, feed } = setUp()
    await tell(1)
    const messages = follow(ADA)
    await messages.next()
    for (const version of [2, 3, 4]) await tell(version)
    await feed.append([aChange({ id: adaId, version: 3 }), aChange({ id: adaId, from: 4, version: 5 })])
    const told = [await messages.next(), await messages.next(), await messages.next(), await messages.next()]
    expect(told.map((message) => message !== 'ended' && [message.from, message.version])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ])
  })

  test('covers what waits by one message with LATEST, keeping the first version and every field', async () => {
    const { follow, tell } = setUp()
    await tell(1)
    const messages = follow(ADA, 'LATEST')
    await messages.next()
    await tell(2, ['traits'])
    await tell(3, ['metrics', 'traits'])
    await tell(4, ['events'])
    expect(await messages.next()).toEqual({ ...seen(4), from: 2, changed: ['traits', 'metrics', 'events'] })
    await tell(5)
    expect(await messages.next()).toEqual({ ...seen(5), from: 5, changed: ['traits'] })
  })

  test('misses nothing that happens between attaching and reading', async () => {
    let meanwhile: (() => Promise<void>) | null = null
    const world = setUp({
      onCall(name) {
        if (name !== 'profiles.get' || !meanwhile) return
        const happen = meanwhile
        meanwhile = null
        void happen()
      },
    })
    await world.tell(1)
    meanwhile = () => world.tell(2)
    const messages = world.follow(ADA)
    const first = await messages.next()
    const last = first !== 'ended' && first.version === 2 ? first : await messages.next()
    expect(last).toMatchObject({ version: 2 })
  })

  test('takes a hole in the versions as a gap, and sends what is there', async () => {
    const { follow, tell, storage, feed } = setUp()
    await tell(1)
    const messages = follow(ADA)
    await messages.next()
    await putPeople(storage, aPerson(ADA, {}, { version: 6 }))
    await feed.append([aChange({ id: adaId, version: 5 })])
    expect(await messages.next()).toEqual({ ...seen(6), from: 2, changed: [] })
    await tell(7)
    expect(await messages.next()).toEqual({ ...seen(7), from: 7, changed: ['traits'] })
  })

  test('ends a subscriber of ALL that is too far behind, with a code', async () => {
    const { follow, tell, feed } = setUp({ maxWaiting: 3 })
    await tell(1)
    const messages = follow(ADA)
    await messages.next()
    await feed.append([2, 3, 4, 5, 6].map((version) => aChange({ id: adaId, version })))
    await setImmediate()
    await expect(messages.next()).rejects.toMatchObject({ code: 'SUBSCRIBER_TOO_SLOW' })
    expect(await messages.next()).toBe('ended')
  })

  test('waits for somebody who is not known yet', async () => {
    const { follow, tell } = setUp()
    const messages = follow(ADA)
    expect(await messages.next()).toEqual({
      id: null,
      at: null,
      from: 0,
      version: 0,
      changed: [],
      mergedInto: null,
    })
    await tell(1, ['identities'])
    expect(await messages.next()).toEqual({ ...seen(1), from: 1, changed: ['identities'] })
  })

  test('tells of a merge, and goes on with the profile that the identity then has', async () => {
    const { storage, feed, follow, tell } = setUp()
    await tell(7)
    await putPeople(storage, aPerson(VISITOR, {}, { version: 2 }))
    const messages = follow(VISITOR)
    expect(await messages.next()).toMatchObject({ id: visitorId, version: 2 })

    await merge(storage)
    await feed.append([
      aChange({ id: visitorId, version: 3, changed: ['identities'], mergedInto: adaId }),
      aChange({ id: adaId, version: 8, changed: ['identities'] }),
    ])
    expect(await messages.next()).toMatchObject({ id: null, from: 3, version: 3, mergedInto: adaId })
    expect(await messages.next()).toEqual({ ...seen(8), from: 8, changed: [] })
    await tell(9)
    expect(await messages.next()).toEqual({ ...seen(9), from: 9, changed: ['traits'] })
  })

  test('hears of a merge also by somebody who was only derived from the identity', async () => {
    const { storage, feed, follow, tell } = setUp()
    await tell(7)
    const messages = follow(VISITOR)
    expect(await messages.next()).toMatchObject({ id: null, version: 0, mergedInto: null })
    await merge(storage)
    await feed.append([aChange({ id: visitorId, version: 3, changed: [], mergedInto: adaId })])
    expect(await messages.next()).toMatchObject({ id: null, from: 1, version: 3, mergedInto: adaId })
    expect(await messages.next()).toEqual({ ...seen(8), from: 8, changed: [] })
  })

  test('goes over when the identity moved just before the first read', async () => {
    let reads = 0
    const world = setUp({
      onCall(name) {
        if (name === 'identities.rows' && ++reads === 2) void merge(world.storage)
      },
    })
    await world.tell(7)
    await putPeople(world.storage, aPerson(VISITOR, {}, { version: 2 }))
    const messages = world.follow(VISITOR)
    let message = await messages.next()
    while (message !== 'ended' && message.id !== adaId) message = await messages.next()
    expect(message).toMatchObject({ id: adaId, version: 8 })
  })

  test('stays with an id that was merged away, and tells its return', async () => {
    const { storage, feed, followId, tell } = setUp()
    await tell(7)
    await putPeople(storage, aPerson(VISITOR, {}, { version: 2 }))
    await merge(storage)
    const messages = followId(visitorId)
    expect(await messages.next()).toEqual({
      id: null,
      at: null,
      from: 3,
      version: 3,
      changed: [],
      mergedInto: adaId,
    })
    await putPeople(storage, aPerson(VISITOR, {}, { version: 4 }))
    await feed.append([aChange({ id: visitorId, version: 4, changed: ['identities'] })])
    expect(await messages.next()).toMatchObject({ id: visitorId, version: 4, mergedInto: null })
  })

  test('ends at once when it is returned, when its signal aborts, and when the feed ends', async () => {
    for (const end of ['return', 'abort', 'dispose'] as const) {
      const { follow, feed, tell, ending } = setUp()
      await tell(1)
      const messages = follow(ADA)
      await messages.next()
      const waiting = messages.next()
      if (end === 'return') await messages.source.return?.()
      if (end === 'abort') ending.abort()
      if (end === 'dispose') await feed[Symbol.asyncDispose]()
      expect(await waiting).toBe('ended')
    }
  })
})

function seen(version: number) {
  return { id: adaId, at: version, version, mergedInto: null }
}

/** What the identity log does: the row first, then the loser, then the gainer. */
async function merge(storage: ReturnType<typeof openMemoryStorage>): Promise<void> {
  await storage.identities.putRows([aRow(VISITOR, { home: visitorId, profileId: adaId })])
  await putPeople(storage, aTombstone(VISITOR, adaId, 3))
  await putPeople(storage, aPerson(ADA, { identities: [ADA, VISITOR] }, { version: 8 }))
}
