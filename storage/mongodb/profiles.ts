import type { ProfileStore } from '../ports.ts'
import { integer, text } from '../values.ts'
import type { Calls } from './calls.ts'
import { compareAndSet } from './compare-and-set.ts'
import type { Collections, ProfileRow } from './documents.ts'
import { atMost, idAfter, storableIds } from './ids.ts'
import { trimOutboxes } from './outbox.ts'
import { profileReplacement, readProfile } from './profile-rows.ts'
import { profileSearch } from './profile-search.ts'
import { profileStats } from './profile-stats.ts'

export function createProfileStore({ profiles }: Collections, calls: Calls): ProfileStore {
  const search = profileSearch(profiles)
  return {
    get: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return new Map()
        const rows = await profiles
          .find({ _id: { $in: wanted } })
          .project<ProfileRow>({ terms: 0, writers: 0 })
          .toArray()
        return new Map(rows.map((row) => [row._id, readProfile(row)]))
      }),
    put: (writes) => calls.run(async () => compareAndSet(profiles, 'rev', writes.map(profileReplacement))),
    findOutbox: (after, limit) =>
      calls.run(async () => {
        const rows = await profiles
          .find({ outbox: { $exists: true }, _id: { $gt: idAfter(after) } })
          .project<Pick<ProfileRow, '_id' | 'mergedInto' | 'outbox'>>({ mergedInto: 1, outbox: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.flatMap(({ _id, mergedInto = null, outbox = [] }) =>
          outbox.length > 0 ? [{ id: _id, mergedInto, outbox }] : [],
        )
      }),
    trimOutbox: (trims) => calls.run(() => trimOutboxes(profiles, trims)),
    findUnpublished: (after, limit) =>
      calls.run(async () => {
        const rows = await profiles
          .find({ unpublished: { $exists: true }, _id: { $gt: idAfter(after) } })
          .project<Pick<ProfileRow, '_id' | 'mergedInto' | 'unpublished'>>({ mergedInto: 1, unpublished: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.flatMap(({ _id, mergedInto = null, unpublished }) =>
          unpublished ? [{ id: _id, mergedInto, change: unpublished }] : [],
        )
      }),
    clearUnpublished: (published) =>
      calls.run(async () => {
        if (published.length === 0) return
        const operations = published.map(({ id, version }) => ({
          updateOne: {
            filter: { _id: text(id, 'id'), 'unpublished.version': integer(version, 'version') },
            update: { $unset: { unpublished: '' as const } },
          },
        }))
        await profiles.bulkWrite(operations, { ordered: false })
      }),
    findDue: (now, limit) =>
      calls.run(async () => {
        const rows = await profiles
          .find({ nextChangeAt: { $lte: integer(now, 'now') } })
          .project<Pick<ProfileRow, '_id'>>({ _id: 1 })
          .sort({ nextChangeAt: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(({ _id }) => _id)
      }),
    search: (prefixes, after, limit) => calls.run(() => search(prefixes, after, limit)),
    list: (after, limit) => calls.run(() => search([], after, limit)),
    stats: () => calls.run(() => profileStats(profiles)),
  }
}
