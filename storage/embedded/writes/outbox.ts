import type { OutboxEntry } from '../../../core/profile/profile.ts'
import type { Database } from '../sqlite.ts'

export type OutboxTrim = readonly [id: string, version: number]

export interface OutboxWrites {
  /** `outbox` is JSON, or null when empty: then it has no row. */
  put(id: string, outbox: string | null): void
  /** Drops the entries up to a version. */
  trim(trims: readonly OutboxTrim[]): null
}

export function outboxWrites(db: Database, table: 'profile_outboxes' | 'product_outboxes'): OutboxWrites {
  const read = db.prepare<[outbox: string]>(`SELECT outbox FROM ${table} WHERE id = ?`)
  const write = db.prepare(`INSERT OR REPLACE INTO ${table} (id, outbox) VALUES (?, ?)`)
  const remove = db.prepare(`DELETE FROM ${table} WHERE id = ?`)

  const put = (id: string, outbox: string | null): void => {
    if (outbox === null) remove.run(id)
    else write.run(id, outbox)
  }
  return {
    put,
    trim(trims) {
      for (const [id, version] of trims) {
        const row = read.get(id)
        if (!row) continue
        const entries = JSON.parse(row[0]) as OutboxEntry[]
        const left = entries.filter((entry) => entry.version > version)
        if (left.length < entries.length) put(id, left.length > 0 ? JSON.stringify(left) : null)
      }
      return null
    },
  }
}
