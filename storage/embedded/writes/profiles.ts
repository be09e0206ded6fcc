import type { Database } from '../sqlite.ts'
import { outboxTrimmer, type OutboxTrim } from './outbox.ts'

/** `outbox` is JSON or null when empty; `terms` a JSON list; `document` JSON of the view and the basis. */
export type ProfileRow = readonly [
  rev: number,
  version: number,
  asOf: number,
  mergedInto: string | null,
  nextChangeAt: number | null,
  outbox: string | null,
  terms: string,
  document: string,
  id: string,
]

export interface ProfileWrites {
  putProfiles(profiles: readonly ProfileRow[]): boolean[]
  trimProfileOutboxes(trims: readonly OutboxTrim[]): null
}

export function profileWrites(db: Database): ProfileWrites {
  const present = db.prepare<[rev: number, terms: string]>('SELECT rev, terms FROM profiles WHERE id = ?')
  const insert = db.prepare(`
    INSERT INTO profiles (rev, version, as_of, merged_into, next_change_at, outbox, terms, document, id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = db.prepare(`
    UPDATE profiles SET rev = ?, version = ?, as_of = ?, merged_into = ?, next_change_at = ?, outbox = ?, terms = ?,
      document = ?
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
    const [rev, , , , , , terms, , id] = row
    const found = present.get(id)
    const [foundRev, foundTerms] = found ?? [0, '[]']
    if (foundRev !== rev - 1) return false
    ;(found ? update : insert).run(...row)
    indexTerms(id, foundTerms, terms)
    return true
  }

  return { putProfiles: (profiles) => profiles.map(put), trimProfileOutboxes: outboxTrimmer(db, 'profiles') }
}
