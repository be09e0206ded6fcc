import type { Event } from '../../../core/events/event.ts'
import { purchaseOf } from '../../../core/events/purchase.ts'
import type { EventConflict, EventStore, PendingEvent, StoredEvent } from '../../../storage/ports.ts'
import { assertIds, assertInteger, assertStorable } from './assert-storable.ts'
import { DocumentMap } from './document-map.ts'

interface Row {
  event: Event
  state: StoredEvent['state']
  attempt: number
  trailVersion: number | null
  error: string | null
  foldVersion: number | null
  unlinked: boolean
}

export function createEventStore(): EventStore {
  const rows = new DocumentMap<Row>()
  const arrivals: string[] = []
  const conflicts = new DocumentMap<EventConflict>()

  const appendOne = (event: Event) => {
    const present = rows.get(event.key)
    if (!present) {
      rows.set(event.key, {
        event,
        state: 'pending',
        attempt: 0,
        trailVersion: null,
        error: null,
        foldVersion: null,
        unlinked: event.pairs.length > 0,
      })
      arrivals.push(event.key)
      return 'stored'
    }
    if (present.event.bodyHash === event.bodyHash) return 'duplicate'
    const { key, trailId, receivedAt, body } = event
    const id = JSON.stringify([key, event.bodyHash])
    if (!conflicts.has(id)) conflicts.set(id, { key, trailId, receivedAt, body })
    return 'conflict'
  }

  const newest = (trails: readonly string[], names: readonly string[] | null): StoredEvent[] =>
    rows
      .filter(({ event }) => trails.includes(event.trailId) && isNamed(event, names))
      .map(toStored)
      .sort((a, b) => b.time - a.time || (a.key < b.key ? 1 : -1))

  const newestConflicts = (test: (conflict: EventConflict) => boolean, limit: number): EventConflict[] =>
    conflicts
      .filter(test)
      .toReversed()
      .sort((a, b) => b.receivedAt - a.receivedAt)
      .slice(0, limit)

  return {
    async append(events) {
      for (const event of events) {
        assertStorable(event, 'event')
        assertInteger(event.time, 'time')
        assertInteger(event.receivedAt, 'receivedAt')
      }
      return events.map(appendOne)
    },

    async findPendingTrails(after, limit) {
      const trails = rows.filter(({ state }) => state === 'pending').map(({ event }) => event.trailId)
      return [...new Set(trails)]
        .filter((id) => after === null || id > after)
        .sort()
        .slice(0, limit)
    },

    async readPending(trails, limit) {
      const found = new Map<string, PendingEvent[]>()
      for (const { event, attempt } of rows.filter(({ state }) => state === 'pending')) {
        const list = found.get(event.trailId) ?? []
        if (!trails.includes(event.trailId) || list.length === limit) continue
        found.set(event.trailId, [...list, { event, attempt }])
      }
      return found
    },

    async mark(marks) {
      for (const { key, attempt, outcome, trailVersion, error = null, foldVersion = null } of marks) {
        const row = rows.get(key)
        if (row?.state !== 'pending' || row.attempt !== attempt) continue
        rows.set(key, { ...row, state: outcome, trailVersion, error, foldVersion })
      }
    },

    async listParked(after, limit) {
      const from = Number(after ?? 0)
      const found = [...rows.filter(() => true).entries()].filter(
        ([at, { state }]) => state === 'parked' && at >= from,
      )
      const page = found.slice(0, limit)
      const last = page.at(-1)?.[0] ?? 0
      return {
        events: page.map(([, { event, attempt, error, foldVersion, trailVersion }]) => {
          return { event, attempt, error, foldVersion, trailVersion: trailVersion ?? 0 }
        }),
        next: found.length > limit ? String(last + 1) : null,
      }
    },

    async release(parked) {
      for (const { key, attempt } of parked) {
        const row = rows.get(key)
        if (row?.state !== 'parked' || row.attempt !== attempt) continue
        const fresh = { trailVersion: null, error: null, foldVersion: null }
        rows.set(key, { ...row, ...fresh, state: 'pending', attempt: attempt + 1 })
      }
    },

    async readFolded(queries, limit) {
      return queries.map(({ trail, aboveVersion, after }) =>
        rows
          .filter(
            ({ event, state, trailVersion }) =>
              event.trailId === trail &&
              state === 'folded' &&
              (trailVersion ?? 0) > aboveVersion &&
              (!after || event.time > after.time || (event.time === after.time && event.key > after.key)),
          )
          .map(toStored)
          .sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1))
          .slice(0, limit),
      )
    },

    async readPurchases(queries) {
      return queries.map(({ trail, ref, held: conditions, except }) => {
        const held = rows
          .filter(
            ({ event, state, trailVersion }) =>
              event.trailId === trail &&
              state === 'folded' &&
              !except.includes(event.key) &&
              purchaseOf(event)?.ref === ref &&
              conditions.some(
                ({ version, before }) =>
                  (trailVersion ?? 0) <= version && (before === null || isBefore(event, before)),
              ),
          )
          .map(toStored)
          .sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1))
        const ends = (['order', 'mention', 'refund'] as const).flatMap((part) => {
          const of = held.filter((event) => purchaseOf(event)?.part === part)
          return [of[0], of.at(-1)]
        })
        return [...new Set(ends)].filter((event) => event !== undefined)
      })
    },

    async listPurchases(trail, after, limit) {
      const refs = rows
        .filter(({ event, state }) => event.trailId === trail && state === 'folded')
        .flatMap(({ event }) => purchaseOf(event)?.ref ?? [])
      return [...new Set(refs)]
        .filter((ref) => after === null || ref > after)
        .sort()
        .slice(0, limit)
    },

    async readSealed(sealed, limit) {
      return sealed.map(({ trail, before, version, receivedUntil }) =>
        rows
          .filter(
            ({ event, state, trailVersion, unlinked }) =>
              event.trailId === trail &&
              state === 'folded' &&
              !unlinked &&
              event.time < before &&
              event.receivedAt <= receivedUntil &&
              (trailVersion ?? 0) <= version,
          )
          .slice(0, limit)
          .map(toStored),
      )
    },

    async deleteFolded(keys) {
      for (const [key, { state, unlinked }] of rows.getMany(keys)) {
        if (state !== 'folded' || unlinked) continue
        rows.delete(key)
        conflicts.deleteWhere((conflict) => conflict.key === key)
      }
    },

    async scanTrails(since, after, limit) {
      const from = Number(after ?? 0)
      const page = [...rows.getMany(arrivals.slice(from, from + limit)).values()]
      return {
        trails: page.filter(({ event }) => event.receivedAt >= since).map(({ event }) => event.trailId),
        next: from + limit < arrivals.length ? String(from + limit) : null,
      }
    },

    async findUnlinked(limit) {
      return rows
        .filter(({ unlinked }) => unlinked)
        .slice(0, limit)
        .map(({ event: { key, pairs, receivedAt } }) => ({ key, pairs, receivedAt }))
    },

    async clearLinks(keys) {
      for (const [key, row] of rows.getMany(keys)) rows.set(key, { ...row, unlinked: false })
    },

    async get(keys) {
      assertIds(keys)
      return [...rows.getMany(keys).values()].map(toStored)
    },

    async listByTrails(groups, { names, before, limit }) {
      return groups.map((trails) =>
        newest(trails, names)
          .filter(
            ({ time, key }) => !before || time < before.time || (time === before.time && key < before.key),
          )
          .slice(0, limit),
      )
    },

    async countByTrails(groups, names) {
      return groups.map((trails) => newest(trails, names).length)
    },

    async countBetween(ranges) {
      return ranges.map(({ trail, from, before }) =>
        rows.count(({ event: { trailId, time } }) => trailId === trail && time >= from && time < before),
      )
    },

    async scan(names, after, limit) {
      const from = Number(after ?? 0)
      const found: StoredEvent[] = []
      let at = from
      for (; at < arrivals.length && found.length < limit; at++) {
        const row = rows.get(arrivals[at] as string)
        if (row && isNamed(row.event, names)) found.push(toStored(row))
      }
      return { events: found, next: at < arrivals.length ? String(at) : null, settled: String(at) }
    },

    async conflictsOf(keys, limit) {
      const of = (key: string) => newestConflicts((conflict) => conflict.key === key, limit)
      return new Map(keys.map((key) => [key, of(key)] as const).filter(([, found]) => found.length > 0))
    },

    async conflictsByTrails(groups, limit) {
      return groups.map((trails) => newestConflicts(({ trailId }) => trails.includes(trailId), limit))
    },

    async oldestPending(groups) {
      const pending = rows.filter(({ state }) => state === 'pending')
      return groups.map((identities) =>
        oldest(pending.filter(({ event }) => identities.includes(event.identity))),
      )
    },

    async backlog() {
      const pending = rows.filter(({ state }) => state === 'pending')
      const parked = rows.filter(({ state }) => state === 'parked').length
      return { pending: pending.length, parked, oldestReceivedAt: oldest(pending) }
    },

    async stats() {
      const count = (state: Row['state']) => rows.filter((row) => row.state === state).length
      return {
        events: rows.size,
        pending: count('pending'),
        parked: count('parked'),
        conflicts: conflicts.size,
      }
    },
  }
}

function isBefore(event: Event, { time, key }: { time: number; key: string }): boolean {
  return event.time < time || (event.time === time && event.key < key)
}

function oldest(rows: readonly Row[]): number | null {
  return rows.length === 0 ? null : Math.min(...rows.map(({ event }) => event.receivedAt))
}

function toStored({ event, state, trailVersion }: Row): StoredEvent {
  return { ...event, state, trailVersion }
}

function isNamed({ name, type }: Event, names: readonly string[] | null): boolean {
  return names === null || names.includes(name) || names.includes(type)
}
