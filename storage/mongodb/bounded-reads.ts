import type { Collection, Document } from 'mongodb'

/** The ways to read: `findOne` is a `find`. The filter or pipeline comes first, then options; the last has options alone. */
const READS = ['find', 'aggregate', 'countDocuments', 'estimatedDocumentCount'] as const

/**
 * A collection whose every read is given up by the server itself after that time. Without it the driver would close its
 * connection over a slow read and the server go on with it: asked again and again, a slow read would become many.
 */
export function boundReads<Row extends Document>(
  collection: Collection<Row>,
  maxTimeMS: number,
): Collection<Row> {
  for (const name of READS) {
    const read = collection[name] as (...args: unknown[]) => unknown
    const at = name === 'estimatedDocumentCount' ? 0 : 1
    const bounded = (...args: unknown[]): unknown => {
      const given = args.slice(0, at)
      return read.call(collection, ...(given.length < at ? [{}] : given), {
        maxTimeMS,
        ...(args[at] as object),
      })
    }
    Object.assign(collection, { [name]: bounded })
  }
  return collection
}
