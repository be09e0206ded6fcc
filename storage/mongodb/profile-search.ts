import type { Collection } from 'mongodb'
import type { ProfileId } from '../../core/identity/identity-key.ts'
import type { ProfileStore } from '../ports.ts'
import type { ProfileRow } from './documents.ts'
import { atMost, idAfter, storableIds } from './ids.ts'

/** Search by the beginnings of terms, each a range of the index of terms; a tombstone has none. */
export function profileSearch(profiles: Collection<ProfileRow>): ProfileStore['search'] {
  return async (prefixes, after, limit): Promise<ProfileId[]> => {
    const wanted = storableIds(prefixes)
    // A prefix that no term can have.
    if (wanted.length < new Set(prefixes).size) return []
    const rows = await profiles
      .find({
        _id: { $gt: idAfter(after) },
        ...(wanted.length === 0
          ? { mergedInto: { $exists: false } }
          : { $and: wanted.map((prefix) => ({ terms: { $elemMatch: beginningWith(prefix) } })) }),
      })
      .project<Pick<ProfileRow, '_id'>>({ _id: 1 })
      .sort({ _id: 1 })
      .limit(atMost(limit))
      .toArray()
    return rows.map(({ _id }) => _id)
  }
}

function beginningWith(prefix: string): { $gte: string; $lt: string } {
  return { $gte: prefix, $lt: prefix + LAST_CHARACTER }
}

/** Text is compared by its UTF-8 bytes, and none are above this character's. */
const LAST_CHARACTER = '\u{10ffff}'
