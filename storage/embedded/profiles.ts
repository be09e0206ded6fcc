import type { ProfileId } from '../../core/identity/identity-key.ts'
import type { OutboxEntry } from '../../core/profile/profile.ts'
import type { ProfileStore } from '../ports.ts'
import { integer, text } from '../values.ts'
import { idList } from './encode.ts'
import { outboxTrims, readOutbox } from './outbox.ts'
import {
  PROFILE_COLUMNS,
  PROFILE_TABLES,
  profileToPut,
  readProfile,
  type ProfileColumns,
} from './profile-rows.ts'
import { profileSearch } from './profile-search.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function createProfileStore(reader: Reader, writer: Writer): ProfileStore {
  const byIds = reader.prepare<ProfileColumns>(`
    SELECT ${PROFILE_COLUMNS} FROM ${PROFILE_TABLES} WHERE id IN (SELECT value FROM json_each(?))`)
  const outboxes = reader.prepare<[id: ProfileId, mergedInto: ProfileId | null, outbox: string]>(`
    SELECT o.id, p.merged_into, o.outbox FROM profile_outboxes AS o CROSS JOIN profiles AS p ON p.id = o.id
    WHERE o.id > ? ORDER BY o.id LIMIT ?`)
  const unpublished = reader.prepare<[id: ProfileId, mergedInto: ProfileId | null, change: string]>(`
    SELECT id, merged_into, unpublished FROM profiles WHERE unpublished IS NOT NULL AND id > ? ORDER BY id LIMIT ?`)
  const due = reader.prepare<[id: ProfileId]>(
    'SELECT id FROM profiles WHERE next_change_at <= ? ORDER BY next_change_at LIMIT ?',
  )
  const all = reader.prepare<[id: ProfileId]>(
    'SELECT id FROM profiles WHERE id > ? AND merged_into IS NULL ORDER BY id LIMIT ?',
  )
  const counts = reader.prepare<[profiles: number, outbox: number]>(`
    SELECT (SELECT count(*) FROM profiles) - (SELECT count(*) FROM profiles WHERE merged_into IS NOT NULL),
      (SELECT count(*) FROM profile_outboxes)`)

  const list: ProfileStore['list'] = async (after, limit) => all.all(after ?? '', limit).map(([id]) => id)

  return {
    get: async (ids) => new Map(byIds.all(idList(ids)).map((row) => [row[0], readProfile(row)])),
    put: async (writes) => (writes.length === 0 ? [] : writer.run('putProfiles', writes.map(profileToPut))),
    findOutbox: async (after, limit) =>
      outboxes
        .all(after ?? '', limit)
        .map(([id, mergedInto, outbox]) => ({ id, mergedInto, outbox: readOutbox(outbox) })),
    trimOutbox: async (trims) => {
      if (trims.length > 0) await writer.run('trimProfileOutboxes', outboxTrims(trims))
    },
    findUnpublished: async (after, limit) =>
      unpublished.all(after ?? '', limit).map(([id, mergedInto, change]) => ({
        id,
        mergedInto,
        change: JSON.parse(change) as OutboxEntry,
      })),
    clearUnpublished: async (published) => {
      if (published.length === 0) return
      await writer.run(
        'clearUnpublished',
        published.map(({ id, version }) => [text(id, 'id'), integer(version, 'version')]),
      )
    },
    findDue: async (now, limit) => due.all(now, limit).map(([id]) => id),
    search: profileSearch(reader, list),
    list,
    stats: async () => {
      const [profiles, outbox] = counts.get() ?? [0, 0]
      return { profiles, outbox }
    },
  }
}
