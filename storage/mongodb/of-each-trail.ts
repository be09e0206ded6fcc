import type { Collection, Document } from 'mongodb'
import type { TrailId } from '../../core/events/event.ts'

/**
 * The first rows of each of these trails in one round trip, whatever the number of trails: they are told apart by the
 * index, and the rows of each looked up by it, so that nothing beyond `limit` of one is read.
 */
export async function ofEachTrail<Row extends { trail: string }>(
  collection: Collection<Row>,
  trails: readonly TrailId[],
  of: { match: Document; sort: Record<string, 1 | -1>; limit: number },
): Promise<Row[]> {
  if (trails.length === 0) return []
  const rows = await collection
    .aggregate<{ row: Row }>([
      { $match: { trail: { $in: trails } } },
      // In this form the index is left at the first event of each trail, however many there are:
      // https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/#optimization-to-return-the-first-document-of-each-group
      { $sort: { trail: 1 } },
      { $group: { _id: '$trail', first: { $first: '$trail' } } },
      {
        $lookup: {
          from: collection.collectionName,
          let: { trail: '$_id' },
          pipeline: [
            { $match: { ...of.match, $expr: { $eq: ['$trail', '$$trail'] } } },
            { $sort: of.sort },
            { $limit: of.limit },
          ],
          as: 'row',
        },
      },
      { $unwind: '$row' },
    ])
    .toArray()
  return rows.map(({ row }) => row)
}

/** For each group of trails the rows of all of them together, each once, in that order. */
export function gather<Row extends { trail: string }>(
  groups: readonly (readonly TrailId[])[],
  rows: readonly Row[],
  order: { compare: (a: Row, b: Row) => number; limit: number },
): Row[][] {
  const byTrail = new Map<TrailId, Row[]>()
  for (const row of rows) {
    const found = byTrail.get(row.trail)
    if (found) found.push(row)
    else byTrail.set(row.trail, [row])
  }
  return groups.map((group) =>
    [...new Set(group)]
      .flatMap((trail) => byTrail.get(trail) ?? [])
      .sort(order.compare)
      .slice(0, order.limit),
  )
}
