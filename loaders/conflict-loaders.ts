import DataLoader from 'dataloader'
import type { EventKey, TrailId } from '../core/events/event.ts'
import type { EventConflict, EventStore } from '../storage/ports.ts'

export interface EventConflictsKey {
  key: EventKey
  limit: number
}

export interface TrailConflictsKey {
  trails: readonly TrailId[]
  limit: number
}

export type EventConflictsLoader = DataLoader<EventConflictsKey, EventConflict[], string>
export type TrailConflictsLoader = DataLoader<TrailConflictsKey, EventConflict[], string>

/** The newest conflicts of events: one read for all, of as many as the greediest asks for. */
export function createEventConflictsLoader(
  store: Pick<EventStore, 'conflictsOf'>,
  maxBatchSize: number,
): EventConflictsLoader {
  return new DataLoader(
    async (asked) => {
      const found = await store.conflictsOf(
        asked.map(({ key }) => key),
        greatest(asked),
      )
      return asked.map(({ key, limit }) => (found.get(key) ?? []).slice(0, limit))
    },
    { maxBatchSize, cacheKeyFn: ({ key, limit }) => `${limit}:${key}` },
  )
}

/** The newest conflicts of all events of groups of trails, read together in the same way. */
export function createTrailConflictsLoader(
  store: Pick<EventStore, 'conflictsByTrails'>,
  maxBatchSize: number,
): TrailConflictsLoader {
  return new DataLoader(
    async (asked) => {
      const found = await store.conflictsByTrails(
        asked.map(({ trails }) => trails),
        greatest(asked),
      )
      return asked.map(({ limit }, i) => (found[i] ?? []).slice(0, limit))
    },
    { maxBatchSize, cacheKeyFn: (asked) => JSON.stringify(asked) },
  )
}

function greatest(asked: readonly { limit: number }[]): number {
  return Math.max(...asked.map(({ limit }) => limit))
}
