import { expect, test } from 'vitest'
import type { RequestContext } from '../core/access/request-context.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { createStandingLoader } from '../loaders/standing-loader.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { aPerson, aRequest, putPeople } from '../tests/support/people.ts'
import { holdsOnce } from '../tests/support/holds-once.ts'
import { createAwaitDemands, type AwaitDemandsOptions } from './await-demands.ts'

const ADA = 'userId:17850'
const ada = homeProfile(ADA)

async function setUp(options: Partial<AwaitDemandsOptions> = {}) {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  await putPeople(storage, aPerson(ADA, {}, { version: 1 }))
  const feed = createMemoryFeed()
  const awaitDemands = createAwaitDemands({ standings: createStandingLoader(storage), feed, ...options })
  calls.length = 0
  return {
    calls,
    awaitDemands,
    show: (version: number) => putPeople(storage, aPerson(ADA, {}, { version })),
    tell: (version: number) =>
      feed.append([{ entity: 'Profile', id: ada, from: version, version, changed: [], at: 1 }]),
  }
}

function demanding(version: number, deadlineMs: number): RequestContext {
  return aRequest({
    after: [{ kind: 'version', id: ada, version }],
    deadlineAt: performance.now() + deadlineMs,
  })
}

/** How many looks at the store there were: each reads profiles once. */
function looks(calls: readonly string[]): number {
  return calls.filter((name) => name === 'profiles.get').length
}

test('what is there already is seen with one look', async () => {
  const { awaitDemands, calls } = await setUp()
  expect(await awaitDemands(demanding(1, 1_000))).toEqual([])
  expect(looks(calls)).toBe(1)
})

test('a change that the feed tells of ends the wait, with no look in between', async () => {
  const { awaitDemands, calls, show, tell } = await setUp({ firstLookMs: 60_000, maxLookMs: 60_000 })
  const outcome = awaitDemands(demanding(2, 60_000))
  await expect.poll(() => looks(calls)).toBe(2)
  await show(2)
  await tell(2)
  expect(await outcome).toEqual([])
})

test('a change that no feed tells of is found as well, with few looks', async () => {
  const { awaitDemands, calls, show } = await setUp()
  const began = performance.now()
  const outcome = awaitDemands(demanding(2, 60_000))
  await expect.poll(() => looks(calls)).toBeGreaterThan(4)
  await show(2)
  expect(await outcome).toEqual([])
  // Two at once, then after 5, 10, 20, 40, 80 and each further 100 ms.
  expect(looks(calls)).toBeLessThan(8 + (performance.now() - began) / 100)
})

test('what is not reached is told in time for an answer, with the version that there is', async () => {
  const { awaitDemands } = await setUp()
  await holdsOnce(async () => {
    const context = demanding(7, 1_500)
    expect(await awaitDemands(context)).toEqual([{ after: `${ada}:7`, id: ada, version: 1 }])
    const leftMs = (context.deadlineAt ?? 0) - performance.now()
    expect(leftMs).toBeGreaterThan(10)
  })
  expect(await awaitDemands(demanding(7, 0))).toHaveLength(1)
})

test('a request is looked at once, whoever asks for it', async () => {
  const { awaitDemands, calls } = await setUp()
  const context = demanding(1, 1_000)
  expect(await Promise.all([awaitDemands(context), awaitDemands(context)])).toEqual([[], []])
  expect(looks(calls)).toBe(1)
})

test('who has gone is waited for no more', async () => {
  const { awaitDemands, calls } = await setUp()
  const caller = new AbortController()
  const outcome = awaitDemands({ ...demanding(2, 60_000), signal: caller.signal })
  await expect.poll(() => looks(calls)).toBeGreaterThan(1)
  caller.abort()
  expect(await outcome).toHaveLength(1)
})

test('beyond the bound nobody waits: it is looked at, and what is not there is told', async () => {
  const { awaitDemands, calls, show, tell } = await setUp({ maxWaiting: 1 })
  const first = awaitDemands(demanding(2, 60_000))
  await expect.poll(() => looks(calls)).toBeGreaterThan(1)
  expect(await awaitDemands(demanding(2, 60_000))).toEqual([{ after: `${ada}:2`, id: ada, version: 1 }])
  await show(2)
  await tell(2)
  expect(await first).toEqual([])
})

test('a receipt of no event is an error', async () => {
  const { awaitDemands } = await setUp()
  const context = aRequest({ after: [{ kind: 'event', key: 'a'.repeat(22) }] })
  await expect(awaitDemands(context)).rejects.toMatchObject({ code: 'RECEIPT_UNKNOWN' })
})
