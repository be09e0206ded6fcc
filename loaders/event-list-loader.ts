import DataLoader from 'dataloader'
import type { TrailId } from '../core/events/event.ts'
import type { EventListQuery, EventStore, StoredEvent } from '../storage/ports.ts'

/** Whose events, and which. */
export interface EventListKey {
  trails: readonly TrailId[]
  query: EventListQuery
}

export interface EventCountKey {
  trails: readonly TrailId[]
  names: readonly string[] | null
}

export type EventListLoader = DataLoader<EventListKey, StoredEvent[], string>
export type EventCountLoader = DataLoader<EventCountKey, number, string>

/** The newest events of groups of trails: one read for all groups that are asked the same question. */
export function createEventListLoader(
  store: Pick<EventStore, 'listByTrails'>,
  maxBatchSize: number,
): EventListLoader {
  return new DataLoader(
    (keys) =>
      inGroups(
        keys,
        ({ query }) => JSON.stringify(query),
        (group) =>
          store.listByTrails(
            group.map(({ trails }) => trails),
            group[0].query,
          ),
      ),
    { maxBatchSize, cacheKeyFn: ({ trails, query }) => JSON.stringify([trails, query]) },
  )
}

/** How many events groups of trails have, read together in the same way. */
export function createEventCountLoader(
  store: Pick<EventStore, 'countByTrails'>,
  maxBatchSize: number,
): EventCountLoader {
  return new DataLoader(
    (keys) =>
      inGroups(
        keys,
        ({ names }) => JSON.stringify(names),
        (group) =>
          store.countByTrails(
            group.map(({ trails }) => trails),
            group[0].names,
          ),
      ),
    { maxBatchSize, cacheKeyFn: ({ trails, names }) => JSON.stringify([trails, names]) },
  )
}

/** Reads the keys of each question together, and gives the answers in the order of the keys. */
async function inGroups<Key, Value>(
  keys: readonly Key[],
  questionOf: (key: Key) => string,
  read: (group: [Key, ...Key[]]) => Promise<Value[]>,
): Promise<(Value | Error)[]> {
  const groups = new Map<string, { keys: [Key, ...Key[]]; at: number[] }>()
  keys.forEach((key, i) => {
    const question = questionOf(key)
    const group = groups.get(question)
    if (group) {
      group.keys.push(key)
      group.at.push(i)
    } else {
      groups.set(question, { keys: [key], at: [i] })
    }
  })
  const answers = keys.map((): Value | Error => UNANSWERED)
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const values = await read(group.keys)
      group.at.forEach((i, j) => {
        answers[i] = values[j] ?? UNANSWERED
      })
    }),
  )
  return answers
}

const UNANSWERED = new Error('the store answered fewer groups than it was asked for')
