import DataLoader from 'dataloader'
import type { EventKey } from '../core/events/event.ts'
import type { EventStore, StoredEvent } from '../storage/ports.ts'
import { isStorableId } from './storable.ts'

export type EventLoader = DataLoader<EventKey, StoredEvent | null>

/** Events by key; null where there is none. */
export function createEventLoader(store: Pick<EventStore, 'get'>, maxBatchSize: number): EventLoader {
  return new DataLoader(
    async (keys) => {
      const events = await store.get(keys.filter(isStorableId))
      const found = new Map(events.map((event) => [event.key, event]))
      return keys.map((key) => found.get(key) ?? null)
    },
    { maxBatchSize },
  )
}
