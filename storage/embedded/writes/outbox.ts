import type { OutboxEntry } from '../../../core/profile/profile.ts'
import type { Database } from '../sqlite.ts'

export type OutboxTrim = readonly [id: string, version: number]

/** Drops outbox entries up to a version; an outbox that becomes empty is NULL and leaves the index. */
export function outboxTrimmer(
  db: Database,
  table: 'profiles' | 'products',
): (trims: readonly OutboxTrim[]) => null {
  const read = db.prepare<[outbox: string]>(`SELECT outbox FROM ${table} WHERE id = ? AND outbox IS NOT NULL`)
  const write = db.prepare(`UPDATE ${table} SET outbox = ? WHERE id = ?`)
  return (trims) => {
    for (const [id, version] of trims) {
      const row = read.get(id)
      if (!row) continue
      const entries = JSON.parse(row[0]) as OutboxEntry[]
      const left = entries.filter((entry) => entry.version > version)
      if (left.length < entries.length) write.run(left.length > 0 ? JSON.stringify(left) : null, id)
    }
    return null
  }
}
