import type { Database } from '../sqlite.ts'
import { outboxTrimmer, type OutboxTrim } from './outbox.ts'

/** `outbox` and `unpublished` are JSON, or null when empty; `terms` a JSON list; `document` JSON of the view and the basis. */
export type ProfileRow = readonly [
  rev: number,
  version: number,
  asOf: number,
  mergedInto: string | null,
  nextChangeAt: number | null,
  outbox: string | null,
  unpublished: string | null,
  terms: string,
  document: string,
  id: string,
]

export type PublishedVersion = readonly [id: string, version: number]

export interface ProfileWrites {
  putProfiles(profiles: readonly ProfileRow[]): boolean[]
  trimProfileOutboxes(trims: readonly OutboxTrim[]): null
  clearUnpublished(published: readonly PublishedVersion[]): null
}

export function profileWrites(db: Database): ProfileWrites {
  const present = db.prepare<[rev: number, terms: string]>('SELECT rev, terms FROM profiles WHERE id = ?')
  const insert = db.prepare(`
    INSERT INTO profiles (rev, version, as_of, merged_into, next_change_at, outbox, unpublished, terms, document, id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = db.prepare(`
    UPDATE profiles SET rev = ?, version = ?, as_of = ?, merged_into = ?, next_change_at = ?, outbox = ?,
      unpublished = ?, terms = ?, document = ?
    WHERE id = ?`)
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

  const put = (row: ProfileRow): boolean => {
    const [rev, , , , , , , terms, , id] = row
    const found = present.get(id)
    const [foundRev, foundTerms] = found ?? [0, '[]']
    if (foundRev !== rev - 1) return false
    ;(found ? update : insert).run(...row)
    indexTerms(id, foundTerms, terms)
    return true
  }

  const publish = db.prepare(
    "UPDATE profiles SET unpublished = NULL WHERE id = ? AND json_extract(unpublished, '$.version') = ?",
  )

  return {
    putProfiles: (profiles) => profiles.map(put),
    trimProfileOutboxes: outboxTrimmer(db, 'profiles'),
    clearUnpublished(published) {
      for (const version of published) publish.run(...version)
      return null
    },
  }
}
