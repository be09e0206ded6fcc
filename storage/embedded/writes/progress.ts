import type { Database } from '../sqlite.ts'

/** `content` is JSON. */
export type ProgressRow = readonly [id: string, content: string]

export interface ProgressWrites {
  putProgress(row: ProgressRow): null
}

export function progressWrites(db: Database): ProgressWrites {
  const put = db.prepare('INSERT OR REPLACE INTO progress (id, content) VALUES (?, ?)')
  return {
    putProgress: (row) => {
      put.run(...row)
      return null
    },
  }
}
