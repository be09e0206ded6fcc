import { describe, expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'
import type { CachedEntry, CacheReadResult, EntityRef, Stream } from '../ports.ts'
import type { OpenStream } from '../contract.ts'
import { aChange, attach } from './feed.ts'

const ada: EntityRef = { subgraph: 'profiles', type: 'Profile', id: 'ada' }
const bob: EntityRef = { ...ada, id: 'bob' }
const FOREVER = 4_102_444_800_000

export function describeEntityCacheContract(open: OpenStream): void {
  describe('the entity cache', () => {
    test('a miss gives a token, and a fill with it is read by every selection of the fields', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const miss = await readOne(stream, ada)
      expect(miss).toMatchObject({ entry: null, token: expect.any(String), fence: 0 })
      const entry = anEntry(3, { firstName: '"Ada"', 'trait(key:"plan")': 'null' })
      expect(await fillOne(stream, ada, miss, entry)).toBe(true)
      expect(await readOne(stream, ada, ['firstName', 'trait(key:"plan")', 'email'])).toMatchObject({ entry })
      expect(await readOne(stream, ada, ['firstName'])).toMatchObject({
        entry: { ...entry, fields: { firstName: '"Ada"' } },
        token: expect.any(String),
      })
    })

    test('one read and one fill serve many entities, in the order given', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const refs = Array.from({ length: 100 }, (_, i): EntityRef => ({ ...ada, id: `p${i}` }))
      // On a busy machine the cache may be too slow to wait for, and then keeps nothing: it is asked again.
      await eventually(async () => {
        const misses = await readAll(stream, refs)
        const filled = await stream.entityCache.fill(
          refs.map((entity, i) => ({
            entity,
            class: 'all',
            token: misses[i]?.token ?? '',
            entry: anEntry(1, { email: JSON.stringify(entity.id) }, entity),
          })),
        )
        expect(filled).toEqual(refs.map(() => true))
      })
      const hits = await readAll(stream, refs)
      expect(hits.map(({ entry }) => entry?.fields['email'])).toEqual(refs.map(({ id }) => `"${id}"`))
      expect(hits.map(({ entry }) => entry?.id)).toEqual(refs.map(({ id }) => id))
    })

    test('a change voids tokens, drops the values of every class, and its version is the fence', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const before = await readOne(stream, ada)
      await fillOne(stream, ada, before, anEntry(1), 'all')
      await fillOne(stream, ada, before, anEntry(1), 'partner')
      await stream.feed.append([aChange('ada', 2)])
      const after = await readOne(stream, ada)
      expect(after).toMatchObject({ entry: null, fence: 2 })
      expect(await readOne(stream, ada, ['email'], 'partner')).toMatchObject({ entry: null, fence: 2 })
      expect(await fillOne(stream, ada, before, anEntry(2))).toBe(false)
      expect(await fillOne(stream, ada, after, anEntry(1))).toBe(false)
      expect(await fillOne(stream, ada, after, anEntry(2))).toBe(true)
      expect(await readOne(stream, ada)).toMatchObject({ entry: { version: 2 } })
    })

    test('fields are put together at the same version alone; the newer replaces, the older is refused', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const miss = await readOne(stream, ada)
      await fillOne(stream, ada, miss, { ...anEntry(2, { a: '1' }), storedAt: 1_000 })
      await fillOne(stream, ada, miss, { ...anEntry(2, { b: '2' }), storedAt: 2_000, expiresAt: FOREVER - 1 })
      expect((await readOne(stream, ada, ['a', 'b'])).entry).toMatchObject({
        fields: { a: '1', b: '2' },
        storedAt: 1_000,
        expiresAt: FOREVER - 1,
      })
      await fillOne(stream, ada, miss, anEntry(3, { b: '3' }))
      expect((await readOne(stream, ada, ['a', 'b'])).entry).toEqual(anEntry(3, { b: '3' }))
      expect(await fillOne(stream, ada, miss, anEntry(2, { a: '1' }))).toBe(false)
      expect((await readOne(stream, ada, ['a', 'b'])).entry).toEqual(anEntry(3, { b: '3' }))
    })

    test('that there is no such entity is kept as its fields would be', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const miss = await readOne(stream, ada)
      const absent: CachedEntry = { ...anEntry(0, {}), isAbsent: true }
      expect(await fillOne(stream, ada, miss, absent)).toBe(true)
      expect((await readOne(stream, ada)).entry).toEqual(absent)
      await stream.feed.append([aChange('ada', 1)])
      const created = await readOne(stream, ada)
      expect(created).toMatchObject({ entry: null, fence: 1 })
      expect(await fillOne(stream, ada, miss, absent)).toBe(false)
      expect(await fillOne(stream, ada, created, absent)).toBe(false)
      // Who was here at this version is not there any more, and the other way round.
      for (const entry of [anEntry(1), { ...absent, version: 1 }, anEntry(1)]) {
        expect(await fillOne(stream, ada, created, entry)).toBe(true)
        expect((await readOne(stream, ada)).entry).toEqual(entry)
      }
    })

    test('classes and entities are kept apart', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const miss = await readOne(stream, ada)
      await fillOne(stream, ada, miss, anEntry(1, { email: '"seen by all"' }), 'all')
      expect(await readOne(stream, ada, ['email'], 'partner')).toMatchObject({ entry: null })
      expect(await readOne(stream, bob)).toMatchObject({ entry: null })
      expect(await readOne(stream, { ...ada, subgraph: 'events' })).toMatchObject({ entry: null })
      expect(await fillOne(stream, bob, miss, anEntry(1, {}, bob))).toBe(false)
    })

    test('eviction and the loss of everything void tokens and values together', async () => {
      await using opened = await open()
      const { stream } = opened
      await using _attached = await attach(stream.feed)
      const losses = [() => opened.evict(ada), () => opened.flush()]
      for (const lose of losses) {
        const miss = await readOne(stream, ada)
        expect(await fillOne(stream, ada, miss, anEntry(1))).toBe(true)
        await lose()
        expect(await readOne(stream, ada)).toMatchObject({ entry: null, fence: 0 })
        expect(await fillOne(stream, ada, miss, anEntry(1))).toBe(false)
        await readUntilToken(stream)
        // Tokens of an earlier epoch stay void when those of the next begin.
        expect(await fillOne(stream, ada, miss, anEntry(1))).toBe(false)
      }
    })
  })
}

function anEntry(
  version: number,
  fields: Record<string, string> = { email: '"ada@example.com"' },
  { id }: EntityRef = ada,
): CachedEntry {
  return { id, version, fields, storedAt: 1_000, expiresAt: FOREVER }
}

function readAll(stream: Stream, refs: readonly EntityRef[]): Promise<CacheReadResult[]> {
  return stream.entityCache.read(refs.map((entity) => ({ entity, class: 'all', fields: ['email'] })))
}

async function readOne(
  stream: Stream,
  entity: EntityRef,
  fields: readonly string[] = ['email'],
  of = 'all',
): Promise<CacheReadResult> {
  const [result] = await stream.entityCache.read([{ entity, class: of, fields }])
  if (!result) throw new Error('one read has one result')
  return result
}

async function fillOne(
  stream: Stream,
  entity: EntityRef,
  { token }: CacheReadResult,
  entry: CachedEntry,
  of = 'all',
): Promise<boolean> {
  const [filled] = await stream.entityCache.fill([{ entity, class: of, token: token ?? '', entry }])
  return filled === true
}

/** After a loss a process has no token before it has seen the new epoch. */
async function readUntilToken(stream: Stream): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await readOne(stream, ada)).token !== null) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('no token is given after a loss')
}
