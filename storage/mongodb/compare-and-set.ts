import { randomBytes } from 'node:crypto'
import type { AnyBulkWriteOperation, Collection, Filter, UpdateFilter } from 'mongodb'
import { StorageError } from '../ports.ts'
import type { Contended } from './documents.ts'
import { runBulk } from './failures.ts'

/** A document as it is to be: `set` has every field, `unset` those that it no longer has. */
export interface Replacement {
  id: string
  /** Takes effect where the stored version is one less, and for 1 where there is no document. */
  version: number
  set: Record<string, unknown>
  unset: readonly string[]
}

/**
 * Writes each where its version follows the stored one; true where it took effect. One round trip whatever their
 * number, unless somebody else was faster with one of them.
 *
 * A bulk write tells how many documents it matched, not which. A first version is therefore an upsert on a version that
 * no document has: where there is a document, the id is refused as a duplicate, and that is told by its place. Later
 * versions leave a mark in the document by which a second read finds them, among those of the last few writers.
 */
export async function compareAndSet<Row extends Contended>(
  collection: Collection<Row>,
  versionField: 'version' | 'rev',
  replacements: readonly Replacement[],
): Promise<boolean[]> {
  if (replacements.length === 0) return []
  const call = randomBytes(9).toString('base64url')
  const mark = (index: number): string => `${call}.${index}`
  const operations = replacements.map(
    ({ id, version, set, unset }, index) =>
      ({
        updateOne: {
          filter: { _id: id, [versionField]: version - 1 } as unknown as Filter<Row>,
          update: {
            $set: set,
            ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((field) => [field, ''])) }),
            $push: { writers: { $each: [mark(index)], $slice: -WRITERS_KEPT } },
          } as unknown as UpdateFilter<Row>,
          upsert: version === 1,
        },
      }) satisfies AnyBulkWriteOperation<Row>,
  )
  const { result, duplicates } = await runBulk(() => collection.bulkWrite(operations, { ordered: false }))

  const written = replacements.map(({ version }, index) => version === 1 && !duplicates.has(index))
  const later = [...replacements.keys()].filter((index) => replacements[index]?.version !== 1)
  if (result.matchedCount === later.length) {
    for (const index of later) written[index] = true
  } else if (result.matchedCount > 0) {
    const stored = await readWriters(
      collection,
      versionField,
      later.map((index) => replacements[index]!.id),
    )
    for (const index of later) written[index] = tookEffect(stored, replacements[index]!, mark(index))
  }
  return written
}

/** How many later writers a read may come after and still find the mark of this one. */
const WRITERS_KEPT = 4

interface Stored {
  version: number
  writers: readonly string[]
}

async function readWriters<Row extends Contended>(
  collection: Collection<Row>,
  versionField: string,
  ids: readonly string[],
): Promise<Map<string, Stored>> {
  const rows = await collection
    .find({ _id: { $in: ids } } as unknown as Filter<Row>)
    .project<{ _id: string; writers: string[] } & Record<string, number>>({ [versionField]: 1, writers: 1 })
    .toArray()
  return new Map(rows.map((row) => [row._id, { version: row[versionField] ?? 0, writers: row.writers }]))
}

function tookEffect(
  stored: ReadonlyMap<string, Stored>,
  { id, version }: Replacement,
  mark: string,
): boolean {
  const found = stored.get(id)
  if (!found || found.version < version) return false
  if (found.writers.includes(mark)) return true
  if (found.version - version < WRITERS_KEPT) return false
  throw new StorageError(`Whether version ${version} of a document took effect is not known any more.`, {
    retryable: true,
  })
}
