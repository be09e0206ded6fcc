import type { ProfileId } from '../../core/identity/identity-key.ts'
import type { ProfileStore } from '../ports.ts'
import { idList } from './encode.ts'
import type { Reader } from './reader.ts'

/**
 * Search by the beginnings of terms. The rarest prefix gives the candidates, from the index of terms (which has no
 * tombstones); the other prefixes are checked on the candidates' own terms.
 */
export function profileSearch(reader: Reader, list: ProfileStore['list']): ProfileStore['search'] {
  const occurrences = reader.prepare<[count: number]>(
    'SELECT count(*) FROM (SELECT 1 FROM profile_terms WHERE term >= ? AND term < ? LIMIT ?)',
  )
  const found = reader.prepare<[id: ProfileId]>(`
    SELECT c.id FROM (
      SELECT DISTINCT profile_id AS id FROM profile_terms WHERE term >= ?1 AND term < ?2 AND profile_id > ?3
    ) AS c
    WHERE ?4 = '[]' OR NOT EXISTS (
      SELECT 1 FROM json_each(?4) AS wanted WHERE NOT EXISTS (
        SELECT 1 FROM profiles AS p CROSS JOIN json_each(p.terms) AS term
        WHERE p.id = c.id AND substr(term.value, 1, length(wanted.value)) = wanted.value
      )
    )
    ORDER BY c.id LIMIT ?5`)

  const count = (prefix: string): number =>
    occurrences.get(prefix, prefix + LAST_CHARACTER, MAX_COUNTED_TERMS)?.[0] ?? 0

  return async (prefixes, after, limit) => {
    // No term has a NUL.
    if (prefixes.some((prefix) => prefix.includes('\0'))) return []
    const [rarest, ...others] = prefixes
      .map((prefix) => ({ prefix, terms: prefixes.length > 1 ? count(prefix) : 0 }))
      .sort((a, b) => a.terms - b.terms)
      .map(({ prefix }) => prefix)
    if (rarest === undefined) return list(after, limit)
    const rows = found.all(rarest, rarest + LAST_CHARACTER, after ?? '', idList(others), limit)
    return rows.map(([id]) => id)
  }
}

/** Counting further would not tell better which prefix to begin with. */
const MAX_COUNTED_TERMS = 10_000

/** Text is compared by its UTF-8 bytes, and none are above this character's. */
const LAST_CHARACTER = '\u{10ffff}'
