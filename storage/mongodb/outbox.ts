import type { Collection, Filter, UpdateFilter } from 'mongodb'
import type { OutboxEntry } from '../../core/profile/profile.ts'
import { integer, text } from '../values.ts'

/** Copies what is to be stored, and nothing besides. */
export function outboxEntries(outbox: readonly OutboxEntry[], what: string): OutboxEntry[] {
  return outbox.map(({ from, version, changed, at }) => ({
    from: integer(from, what),
    version: integer(version, what),
    changed: changed.map((field) => text(field, what)),
    at: integer(at, what),
  }))
}

/** Drops outbox entries up to a version; an outbox that becomes empty goes away and leaves the index. */
export async function trimOutboxes<Row extends { _id: string; outbox?: OutboxEntry[] }>(
  collection: Collection<Row>,
  trims: readonly { id: string; version: number }[],
): Promise<void> {
  if (trims.length === 0) return
  const operations = trims.flatMap(({ id, version }) => {
    const _id = text(id, 'trim.id')
    const upTo = integer(version, 'trim.version')
    return [
      {
        filter: { _id, outbox: { $exists: true } },
        update: { $pull: { outbox: { version: { $lte: upTo } } } },
      },
      { filter: { _id, outbox: { $size: 0 } }, update: { $unset: { outbox: '' } } },
    ]
  })
  // In order, since the second half looks at what the first one left.
  await collection.bulkWrite(
    operations.map(({ filter, update }) => ({
      updateOne: {
        filter: filter as unknown as Filter<Row>,
        update: update as unknown as UpdateFilter<Row>,
      },
    })),
    { ordered: true },
  )
}
