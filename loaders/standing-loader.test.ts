import { expect, test } from 'vitest'
import type { Demand } from '../core/freshness/demand.ts'
import { homeProfile, pairId, type IdentityPair } from '../core/identity/identity-key.ts'
import { aMark, anEvent, aRow } from '../storage/contract/documents.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { aPerson, aTombstone, putPeople } from '../tests/support/people.ts'
import { createStandingLoader } from './standing-loader.ts'

const ADA = 'userId:17850'
const ada = homeProfile(ADA)
const WEB = 'anonymousId:web'
const web = homeProfile(WEB)
const EVENT: Demand = { kind: 'event', key: 'e1' }

async function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  await storage.events.append([anEvent('e1', { trailId: 't1', identity: WEB })])
  calls.length = 0
  const loader = createStandingLoader(storage)
  return { calls, storage, loader, isMet: async (demand: Demand) => isMet(await loader.load(demand)) }
}

function isMet(standing: Awaited<ReturnType<ReturnType<typeof createStandingLoader>['load']>>): boolean {
  return standing.kind === 'held' && standing.isMet
}

test('an event is shown once its row has its mark and its profile that version of its trail', async () => {
  const { storage, isMet: met } = await setUp()
  const shows = (version: number) =>
    putPeople(storage, aPerson(WEB, {}, { basis: { seq: 0, trails: { t1: version } } }))
  await shows(6)
  expect(await met(EVENT)).toBe(false)
  await storage.events.mark([aMark('e1', { trailVersion: 7 })])
  expect(await met(EVENT)).toBe(false)
  await shows(7)
  expect(await met(EVENT)).toBe(true)
  await shows(9)
  expect(await met(EVENT)).toBe(true)
})

test('an event that was set aside is as shown as it will be', async () => {
  const { storage, isMet: met } = await setUp()
  await storage.events.mark([
    aMark('e1', { outcome: 'parked', trailVersion: 1, error: 'odd', foldVersion: 1 }),
  ])
  expect(await met(EVENT)).toBe(false)
  await putPeople(storage, aPerson(WEB, {}, { basis: { seq: 0, trails: { t1: 1 } } }))
  expect(await met(EVENT)).toBe(true)
})

test('after a merge the profile that its identity now belongs to must hold the trail', async () => {
  const { storage, isMet: met, loader } = await setUp()
  await storage.events.mark([aMark('e1', { trailVersion: 1 })])
  await putPeople(
    storage,
    aPerson(WEB, {}, { basis: { seq: 0, trails: { t1: 1 } } }),
    aPerson(ADA, {}, { version: 4 }),
  )
  expect(await met(EVENT)).toBe(true)
  await storage.identities.putRows([aRow(WEB, { profileId: ada, seq: 3 })])
  expect(await loader.load(EVENT)).toEqual({ kind: 'held', isMet: false, id: ada, version: 4 })
  await putPeople(storage, aPerson(ADA, {}, { basis: { seq: 3, trails: { t1: 1 } }, version: 5 }))
  expect(await loader.load(EVENT)).toEqual({ kind: 'held', isMet: true, id: ada, version: 5 })
})

test('an event that names two people is shown once it is decided whether they are one', async () => {
  const { storage, isMet: met } = await setUp()
  const pair: IdentityPair = [WEB, ADA]
  await storage.events.append([anEvent('e2', { trailId: 't1', identity: WEB, pairs: [pair] })])
  await storage.events.mark([aMark('e2', { trailVersion: 1 })])
  await putPeople(storage, aPerson(WEB, {}, { basis: { seq: 0, trails: { t1: 1 } } }))
  const demand: Demand = { kind: 'event', key: 'e2' }
  expect(await met(demand)).toBe(false)
  await storage.identities.recordPairs([{ id: pairId(pair), pair, event: 'e2', at: 1 }])
  expect(await met(demand)).toBe(false)
  await storage.identities.settlePairs(1, [
    { pairId: pairId(pair), decision: { kind: 'drop', reason: 'blocked', key: WEB } },
  ])
  expect(await met(demand)).toBe(true)
})

test('a version is reached when the profile has it; merged away, when its successor was written from that decision', async () => {
  const { storage, isMet: met, loader } = await setUp()
  const demand: Demand = { kind: 'version', id: web, version: 2 }
  expect(await loader.load(demand)).toEqual({ kind: 'held', isMet: false, id: web, version: 0 })
  await putPeople(storage, aPerson(WEB, {}, { version: 1 }))
  expect(await met(demand)).toBe(false)
  await putPeople(storage, aPerson(WEB, {}, { version: 2 }))
  expect(await met(demand)).toBe(true)

  const merged = aTombstone(WEB, ada, 3)
  await putPeople(
    storage,
    { ...merged, basis: { seq: 8, trails: {} } },
    aPerson(ADA, {}, { basis: { seq: 7, trails: {} } }),
  )
  expect(await met(demand)).toBe(false)
  await putPeople(storage, aPerson(ADA, {}, { basis: { seq: 8, trails: {} } }))
  expect(await met(demand)).toBe(true)
})

test('an event that is not there is told from one that waits', async () => {
  const { loader } = await setUp()
  expect(await loader.load({ kind: 'event', key: 'never' })).toEqual({ kind: 'unknown event' })
})

test('all that are asked for at a time cost one read of each kind, and nothing is remembered', async () => {
  const { calls, loader } = await setUp()
  const version: Demand = { kind: 'version', id: ada, version: 1 }
  await Promise.all([EVENT, version, EVENT].map((demand) => loader.load(demand)))
  expect(calls).toEqual(['events.get', 'identities.rows', 'profiles.get'])
  await loader.load(EVENT)
  expect(calls).toHaveLength(6)
})
