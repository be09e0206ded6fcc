import { expect, test } from 'vitest'
import type { Scope } from '../core/access/principal.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { createEventPath } from '../ingest/create-event-path.ts'
import { silentLog } from '../platform/log.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from './support/memory-storage.ts'
import { createOwnGraph } from './support/own-graph.ts'
import { aRequest } from './support/people.ts'

const NOW = Date.UTC(2026, 2, 1)
const user = homeProfile('userId:ada')
const browser = homeProfile('anonymousId:browser')

test('a profile says why its identifiers belong together; undone, the merge is gone from the next read on', async () => {
  await using world = await createWorld()
  await world.accept(
    { type: 'track', event: 'Seen', anonymousId: 'browser', messageId: 'm1' },
    { type: 'identify', userId: 'ada', anonymousId: 'browser', messageId: 'm2' },
    { type: 'identify', userId: 'ada', traits: { email: 'team@x.io' }, messageId: 'm3' },
    { type: 'identify', userId: 'bob', traits: { email: 'team@x.io' }, messageId: 'm4' },
  )
  expect(await world.ask(WHY)).toEqual({
    profile: {
      eventCount: 3,
      identities: [
        { kind: 'userId', value: 'ada', since: iso, event: expect.any(String) },
        { kind: 'email', value: 'team@x.io', since: iso, event: expect.any(String) },
        { kind: 'anonymousId', value: 'browser', since: iso, event: expect.any(String) },
      ],
      merges: expect.arrayContaining([
        aDecision('BIND', 'has-user-id', 'anonymousId', 'userId'),
        aDecision('DROP', 'too-many-of-kind userId', 'email', 'userId'),
      ]),
    },
  })

  const startedAt = performance.now()
  const undone = await world.ask(UNDO, ['admin'])
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  expect(undone).toEqual({
    undoMerge: {
      links: [{ decision: 'SPLIT', reason: 'undone', batch: expect.any(Number) }],
      profiles: expect.arrayContaining([
        { id: user, version: expect.any(Number), profile: { eventCount: 2 } },
        // It was merged away before, and goes on above the version of that.
        { id: browser, version: expect.any(Number), profile: { eventCount: 1 } },
      ]),
    },
  })
  const { profiles } = undone['undoMerge'] as { profiles: { id: string; version: number }[] }
  for (const { id, version } of profiles) {
    const seen = await world.ask(`{ profile(by: { id: "${id}" }) { id version } }`)
    expect(seen).toEqual({ profile: { id, version } })
  }
  expect(profiles.find(({ id }) => id === browser)?.version).toBeGreaterThan(1)
})

test('only an admin undoes merges, and what is not linked is LINK_UNKNOWN', async () => {
  await using world = await createWorld()
  await expect(world.ask(UNDO, ['read'])).rejects.toThrow('FORBIDDEN')
  await expect(world.ask(UNDO, ['admin'])).rejects.toThrow('LINK_UNKNOWN')
  const one = UNDO.replace('{ kind: "userId", value: "ada" }', '')
  await expect(world.ask(one, ['admin'])).rejects.toThrow('BAD_USER_INPUT')
})

const iso = '2026-03-01T00:00:00.000Z'

const WHY = `{
  profile(by: { kind: "userId", value: "ada" }) {
    eventCount
    identities { kind value since event }
    merges { decision reason identity { kind } identities { kind } at }
  }
}`

const UNDO = `mutation {
  undoMerge(identities: [{ kind: "anonymousId", value: "browser" }, { kind: "userId", value: "ada" }]) {
    links { decision reason batch }
    profiles { id version profile { eventCount } }
  }
}`

function aDecision(decision: string, reason: string, kind: string, other: string): object {
  return { decision, reason, identity: { kind }, identities: [{ kind }, { kind: other }], at: iso }
}

async function createWorld() {
  const storage = openMemoryStorage()
  const feed = createMemoryFeed()
  const path = createEventPath({
    storage,
    feed,
    clock: () => NOW,
    log: silentLog(),
    currency: 'GBP',
    pollMs: 1,
  })
  const gateway = await createOwnGraph({ storage, feed, now: NOW, undoMerge: path.undoMerge })
  return {
    async accept(...raws: object[]) {
      for (const raw of raws) await path.accept([raw], { source: 'test', maxEventBytes: 32_768 })
      await path.worker.settled()
    },
    async ask(document: string, scopes: Scope[] = ['read']): Promise<Record<string, unknown>> {
      const principal = { ...aRequest().principal, scopes }
      const answer = await gateway.execute({ document, context: aRequest({ principal }) })
      if (answer.errors) throw new Error(JSON.stringify(answer.errors))
      return JSON.parse(JSON.stringify(answer.data)) as Record<string, unknown>
    },
    [Symbol.asyncDispose]: () => path[Symbol.asyncDispose](),
  }
}
