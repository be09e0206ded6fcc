import type { Database } from '../sqlite.ts'
import { outboxWrites, type OutboxTrim } from './outbox.ts'

/** `unpublished` is JSON, or null when empty; `terms` a JSON list; `document` JSON of the view and the basis. */
export type ProfileRow = readonly [
  rev: number,
  version: number,
  asOf: number,
  mergedInto: string | null,
  nextChangeAt: number | null,
  unpublished: string | null,
  terms: string,
  document: string,
  id: string,
]

export interface ProfileToPut {
  row: ProfileRow
  /** JSON, or null when empty. */
  outbox: string | null
}

export type PublishedVersion = readonly [id: string, version: number]

export interface ProfileWrites {
  putProfiles(profiles: readonly ProfileToPut[]): boolean[]
  trimProfileOutboxes(trims: readonly OutboxTrim[]): null
  clearUnpublished(published: readonly PublishedVersion[]): null
}

export function profileWrites(db: Database): ProfileWrites {
  const present = db.prepare<[rev: number, terms: string]>('SELECT rev, terms FROM profiles WHERE id = ?')
  const insert = db.prepare(`
    INSERT INTO profiles (rev, version, as_of, merged_into, next_change_at, unpublished, terms, document, id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  // Naming an indexed column writes its index anew, whatever the value.
  const updateInPlace = db.prepare(`
    UPDATE profiles SET rev = ?1, version = ?2, as_of = ?3, terms = ?7, document = ?8
    WHERE id = ?9 AND merged_into IS ?4 AND next_change_at IS ?5 AND unpublished IS ?6`)
  const update = db.prepare(`
    UPDATE profiles SET rev = ?, version = ?, as_of = ?, merged_into = ?, next_change_at = ?, unpublished = ?,
      terms = ?, document = ?
    WHERE id = ?`)
  const outboxes = outboxWrites(db, 'profile_outboxes')
  const addTerm = db.prepare(
    'INSERT INTO profile_terms (term, profile_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const dropTerm = db.prepare('DELETE FROM profile_terms WHERE term = ? AND profile_id = ?')

  const indexTerms = (id: string, before: string, after: string): void => {
    if (before === after) return
    const old = new Set(JSON.parse(before) as string[])
    const wanted = new Set(JSON.parse(after) as string[])
    for (const term of old) if (!wanted.has(term)) dropTerm.run(term, id)
    for (const term of wanted) if (!old.has(term)) addTerm.run(term, id)
  }

  const put = ({ row, outbox }: ProfileToPut): boolean => {
    const [rev, , , , , , terms, , id] = row
    const found = present.get(id)
    const [foundRev, foundTerms] = found ?? [0, '[]']
    if (foundRev !== rev - 1) return false
    if (!found) insert.run(...row)
    else if (updateInPlace.run(...row).changes === 0) update.run(...row)
    outboxes.put(id, outbox)
    indexTerms(id, foundTerms, terms)
    return true
  }

  const publish = db.prepare(
    "UPDATE profiles SET unpublished = NULL WHERE id = ? AND json_extract(unpublished, '$.version') = ?",
  )

  return {
    putProfiles: (profiles) => profiles.map(put),
    trimProfileOutboxes: (trims) => outboxes.trim(trims),
    clearUnpublished(published) {
      for (const version of published) publish.run(...version)
      return null
    },
  }
}
