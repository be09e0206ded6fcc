import { describe, expect, test } from 'vitest'
import { homeProfile, identityKey } from '../core/identity/identity-key.ts'
import { anEvent, aProduct, aRow } from '../storage/contract/documents.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { aPerson, aRequest, aTombstone, putPeople } from '../tests/support/people.ts'
import { createLoaders } from './create-loaders.ts'

function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  return { calls, storage, loadersFor: createLoaders({ storage, currency: 'GBP' }) }
}

describe('the loaders of a request', () => {
  test('are the same for one request and others for another', () => {
    const { loadersFor } = setUp()
    const request = aRequest()
    expect(loadersFor(request)).toBe(loadersFor(request))
    expect(loadersFor(request)).not.toBe(loadersFor(aRequest()))
  })

  test('read anew for a request that goes on to another answer', async () => {
    const { storage, loadersFor } = setUp()
    const request = aRequest()
    const ada = aPerson('userId:ada')
    expect(await loadersFor(request).profiles.load(ada.id)).toBeNull()
    await putPeople(storage, ada)
    expect(await loadersFor(request).profiles.load(ada.id)).toBeNull()
    loadersFor.forget(request)
    expect(await loadersFor(request).profiles.load(ada.id)).toEqual(ada)
  })

  test('read 500 keys with one read of identities and one of profiles', async () => {
    const { calls, storage, loadersFor } = setUp()
    const keys = Array.from({ length: 500 }, (_, i) => identityKey('userId', String(i)))
    await putPeople(storage, ...keys.map((key) => aPerson(key)))
    calls.length = 0
    const { profileIds, profiles } = loadersFor(aRequest())
    const ids = await Promise.all(keys.map((key) => profileIds.load(key)))
    const found = await Promise.all(ids.map((id) => profiles.load(id)))
    expect(found.map((profile) => profile?.id)).toEqual(keys.map(homeProfile))
    expect(calls).toEqual(['identities.rows', 'profiles.get'])
  })

  test('find the profile that a row names before the one that a key derives', async () => {
    const { storage, loadersFor } = setUp()
    await storage.identities.putRows([aRow('anonymousId:a', { profileId: 'p_ada' })])
    const { profileIds } = loadersFor(aRequest())
    expect(await profileIds.load('anonymousId:a')).toBe('p_ada')
    expect(await profileIds.load('anonymousId:b')).toBe(homeProfile('anonymousId:b'))
  })

  test('follow a merged profile to where it went, but not in circles', async () => {
    const { storage, loadersFor } = setUp()
    const ada = aPerson('userId:ada')
    const once = aTombstone('anonymousId:1', ada.id, 2)
    const twice = aTombstone('anonymousId:2', once.id, 2)
    const circle = aTombstone('anonymousId:3', homeProfile('anonymousId:3'), 2)
    const erased = aTombstone('anonymousId:4', '', 2)
    await putPeople(storage, ada, once, twice, circle, { ...erased, mergedInto: null })
    const { profiles } = loadersFor(aRequest())
    expect((await profiles.load(once.id))?.id).toBe(ada.id)
    expect((await profiles.load(twice.id))?.id).toBe(ada.id)
    expect(await profiles.load(circle.id)).toBeNull()
    expect(await profiles.load(erased.id)).toBeNull()
  })

  test('ask the store for nothing that it cannot have', async () => {
    const { loadersFor } = setUp()
    const { profiles, products, events } = loadersFor(aRequest())
    for (const id of ['', 'NUL \0', '\ud800', 'x'.repeat(5_000)]) {
      expect(await profiles.load(id)).toBeNull()
      expect(await products.load(id)).toBeNull()
      expect(await events.load(id)).toBeNull()
    }
  })

  test('read the lists of many profiles together where they are asked the same', async () => {
    const { calls, storage, loadersFor } = setUp()
    await storage.events.append([
      anEvent('e1', { trailId: 'one', time: 1 }),
      anEvent('e2', { trailId: 'one', time: 2 }),
      anEvent('e3', { trailId: 'two', time: 3 }),
    ])
    await storage.products.put([aProduct('85123A', 1)])
    calls.length = 0
    const { eventLists, eventCounts, products } = loadersFor(aRequest())
    const query = { names: null, before: null, limit: 5 }
    const [one, two, before, counts, known] = await Promise.all([
      eventLists.load({ trails: ['one'], query }),
      eventLists.load({ trails: ['two'], query: { ...query } }),
      eventLists.load({ trails: ['one'], query: { ...query, before: { time: 2, key: 'e2' } } }),
      Promise.all([
        eventCounts.load({ trails: ['one'], names: null }),
        eventCounts.load({ trails: ['two'], names: ['nothing'] }),
      ]),
      Promise.all([products.load('85123A'), products.load('unknown')]),
    ])
    expect([one, two, before].map((list) => list.map(({ key }) => key))).toEqual([
      ['e2', 'e1'],
      ['e3'],
      ['e1'],
    ])
    expect(counts).toEqual([2, 0])
    expect(known.map((product) => product?.id)).toEqual(['85123A', undefined])
    expect(calls.filter((name) => name === 'events.listByTrails')).toHaveLength(2)
    expect(calls.filter((name) => name === 'products.get')).toHaveLength(1)
  })
})
