import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideAnew, replayLinks } from '../../core/identity/decide-anew.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '../../core/identity/rules.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import { combineStates } from '../../core/profile/state.ts'
import { profileView } from '../../core/profile/view.ts'
import { silentLog } from '../../platform/log.ts'
import type { Storage } from '../../storage/ports.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import { generator, withFaults } from '../../tests/support/faults.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { createEventPath, type EventPath } from '../create-event-path.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const any = DEFAULT_IDENTITY_RULES.otherKinds

/** An e-mail of three users is quarantined, so is a browser of three. */
const rules: IdentityRules = {
  ...DEFAULT_IDENTITY_RULES,
  kinds: {
    ...DEFAULT_IDENTITY_RULES.kinds,
    email: { ...any, priority: 80, maxUserIds: 2 },
    anonymousId: { ...any, priority: 20, maxUserIds: 2 },
  },
}

test('wherever workers die, opposite links, quarantines and undos end with the people that the links say', async () => {
  let undone = 0
  let quarantined = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 2, maxLength: 20 }),
      fc.integer(),
      async (raws, seed) => {
        const random = generator(seed)
        const storage = openMemoryStorage()
        const faulty = withFaults(storage, random)
        const feed = createMemoryFeed()
        const paths = [start(faulty, feed), start(faulty, feed), start(faulty, feed)]
        for (const raw of raws) {
          const path = paths[Math.floor(random() * paths.length)] as EventPath
          await untilDone(() => path.accept([raw], { source: 'test', maxEventBytes: 32_768 }))
          const [link] = await storage.identities.listPairs(null, 1)
          // Asked at one of them, which may die in the middle; asked again, it is done.
          if (link && random() < 0.15) {
            await untilDone(() => path.undoMerge({ kind: 'pair', pair: link.pair }, 'test'))
            undone++
          }
        }
        for (const path of paths) await path[Symbol.asyncDispose]()
        const healthy = start(storage, feed)
        await healthy.worker.settled()
        await healthy[Symbol.asyncDispose]()
        quarantined += await checkPeople(storage, raws.length)
      },
    ),
    { numRuns: 60 },
  )
  // Else the test would hold without saying anything.
  expect(undone).toBeGreaterThan(0)
  expect(quarantined).toBeGreaterThan(0)
})

let serial = 0
const anyEvent = fc
  .record({
    user: fc.constantFrom('u', 'v', 'w', undefined),
    anonymous: fc.constantFrom('a', 'b'),
    email: fc.constantFrom('x@example.com', 'y@example.com', undefined),
  })
  .map(({ user, anonymous: anonymousId, email }) => ({
    type: 'track',
    event: 'Seen',
    messageId: `m${serial++}`,
    ...(user === undefined ? {} : { userId: user }),
    anonymousId,
    context: { traits: { ...(email === undefined ? {} : { email }), shoe: serial } },
  }))

function start(storage: Storage, feed: ReturnType<typeof createMemoryFeed>): EventPath {
  return createEventPath({
    storage,
    feed,
    clock: () => NOW,
    log: silentLog(),
    currency: 'USD',
    identityRules: rules,
    pollMs: 1,
  })
}

/** A failure is an unknown outcome: whoever asked asks again. */
async function untilDone(ask: () => Promise<unknown>): Promise<void> {
  let done = false
  while (!done) {
    done = await ask().then(
      () => true,
      () => false,
    )
  }
}

/** Returns how many links are quarantined. */
async function checkPeople({ identities, trails, profiles }: Storage, events: number): Promise<number> {
  const links = await identities.listPairs(null, 1_000)
  const keys = [...new Set(links.flatMap(({ pair }) => pair))]
  const rows = await identities.rows(keys)
  const undos = await identities.undosOfKeys(keys)
  const component = { links, rows: [...rows.values()], undos, closed: new Map() }
  // What is recorded of each link is what deciding all of them at once says, and every key is where that puts it.
  expect(decideAnew(component, rules)).toMatchObject({ answers: [], losers: [], gainers: [] })
  const { keys: table } = replayLinks(component, rules)
  const all = await trails.get(await trails.list(null, 1_000))
  const people = new Map<string, ProfileView>()
  const homes = new Set([...all.values()].map(({ identity }) => identity).concat(keys))
  const profileOf = (key: string): string => (table.has(key) ? table.profileOf(key) : homeProfile(key))
  for (const id of new Set([...homes].map(profileOf))) {
    const held = [...homes].filter((key) => profileOf(key) === id)
    const states = [...all.values()].filter(({ identity }) => held.includes(identity))
    // Nothing was sent under it: it is nobody.
    if (states.length === 0) continue
    people.set(id, profileView(combineStates(states.map(({ state }) => state)), held))
  }
  // Every profile is what its keys' trails come to, as if nothing else had ever been joined to it.
  const stored = [...(await profiles.get(await profiles.list(null, 1_000))).values()]
  const alive = stored.filter(({ mergedInto, view }) => mergedInto === null && view.identities.length > 0)
  expect(new Map(alive.map(({ id, view }) => [id, view]))).toEqual(people)
  expect(alive.reduce((sum, { view }) => sum + view.eventCount, 0)).toBe(events)
  return links.filter(({ decision }) => decision?.kind === 'quarantine').length
}
