import type { ProfileDocument } from '../../core/profile/profile.ts'
import type { ProfileWrite, Storage, TrailDocument } from '../../storage/ports.ts'
import type { BrokenRule } from './world.ts'

/**
 * Each of these leaves out one rule of the event path, in the ports, so that the code above it runs as if it did not
 * keep the rule. The simulator must notice every one.
 */
export const BROKEN_RULES: Readonly<Record<string, BrokenRule>> = {
  'trails are written without compare-and-set': {
    storage: (storage) => withTrails(storage, (trails) => ({ put: (given) => overwrite(trails, given) })),
  },
  'profiles are written without compare-and-set': {
    storage: (storage) => {
      const { profiles } = storage
      const put = async (writes: readonly ProfileWrite[]): Promise<boolean[]> => {
        const stored = await profiles.get(writes.map(({ profile }) => profile.id))
        return profiles.put(
          writes.map(({ profile, terms }) => {
            return { profile: { ...profile, rev: (stored.get(profile.id)?.rev ?? 0) + 1 }, terms }
          }),
        )
      }
      return { ...storage, profiles: over(profiles, { put }) }
    },
  },
  'applied entries leave the trail before their rows are marked': {
    storage: (storage) =>
      withTrails(storage, (trails) => ({
        put: (given) => trails.put(given.map((trail) => ({ ...trail, applied: [] }))),
      })),
  },
  'rows are read before their trail': {
    ports: ({ storage, feed }) => {
      const { events, trails } = storage
      let early: Awaited<ReturnType<typeof events.readPending>> | null = null
      return {
        feed,
        storage: {
          ...storage,
          events: over(events, {
            async readPending(ids, limit) {
              const rows = early ?? (await events.readPending(ids, limit))
              early = null
              return rows
            },
          }),
          trails: over(trails, {
            async get(ids) {
              early = await events.readPending(ids, 64)
              return trails.get(ids)
            },
          }),
        },
      }
    },
  },
  'a released event keeps its attempt': {
    storage: (storage) => {
      const { events } = storage
      const attempts = new Map<string, number>()
      return {
        ...storage,
        events: over(events, {
          async readPending(ids, limit) {
            const found = await events.readPending(ids, limit)
            for (const row of [...found.values()].flat()) {
              attempts.set(row.event.key, row.attempt)
              row.attempt = 0
            }
            return found
          },
          mark: (marks) =>
            events.mark(marks.map((mark) => ({ ...mark, attempt: attempts.get(mark.key) ?? mark.attempt }))),
        }),
      }
    },
  },
  'a trail is dirty only after it has been written': {
    storage: (storage) =>
      withTrails(storage, (trails) => ({
        put: (given) => trails.put(given.map((trail) => ({ ...trail, dirty: false }))),
      })),
  },
  'dirty is cleared whatever the version': {
    storage: (storage) =>
      withTrails(storage, (trails) => ({
        async clearDirty(given) {
          const stored = await trails.get(given.map(({ id }) => id))
          await trails.clearDirty([...stored.values()])
        },
      })),
  },
  'an outbox is trimmed before it is told': {
    ports: ({ storage, feed }) => {
      const { profiles } = storage
      const trimAll = (told: readonly Pick<ProfileDocument, 'id' | 'outbox'>[]): Promise<void> =>
        profiles.trimOutbox(told.map(({ id, outbox }) => ({ id, version: outbox.at(-1)?.version ?? 0 })))
      return {
        feed,
        storage: {
          ...storage,
          profiles: over(profiles, {
            async put(writes) {
              const written = await profiles.put(writes)
              await trimAll(writes.filter((_, i) => written[i]).map(({ profile }) => profile))
              return written
            },
            async findOutbox(after, limit) {
              const found = await profiles.findOutbox(after, limit)
              await trimAll(found)
              return found
            },
          }),
        },
      }
    },
  },
  'what a trail has settled is not looked up': {
    storage: (storage) => ({
      ...storage,
      events: over(storage.events, { readPurchases: async (queries) => queries.map(() => []) }),
    }),
  },
  'events are deleted that their base does not hold': {
    isLong: true,
    storage: (storage) => {
      const { events } = storage
      return {
        ...storage,
        events: over(events, {
          readSealed: (sealed, limit) =>
            events.readSealed(
              sealed.map((each) => ({ ...each, version: Number.MAX_SAFE_INTEGER })),
              limit,
            ),
        }),
      }
    },
  },
  'what deleted events say of a purchase is not kept': {
    isLong: true,
    storage: (storage) => ({
      ...storage,
      sealedPurchases: over(storage.sealedPurchases, { put: async (given) => given.map(() => true) }),
    }),
  },
  'a batch of the identity log is inserted although there is one': {
    storage: (storage) => ({
      ...storage,
      identities: over(storage.identities, {
        async insertBatch(batch) {
          await storage.identities.insertBatch(batch)
          return true
        },
      }),
    }),
  },
}

/** The port with some of its methods in other words. */
function over<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => Reflect.get(Object.hasOwn(methods, name) ? methods : target, name) as unknown,
  })
}

function withTrails(
  storage: Storage,
  methods: (trails: Storage['trails']) => Partial<Storage['trails']>,
): Storage {
  return { ...storage, trails: over(storage.trails, methods(storage.trails)) }
}

async function overwrite(trails: Storage['trails'], given: readonly TrailDocument[]): Promise<boolean[]> {
  const stored = await trails.get(given.map(({ id }) => id))
  return trails.put(given.map((trail) => ({ ...trail, version: (stored.get(trail.id)?.version ?? 0) + 1 })))
}
