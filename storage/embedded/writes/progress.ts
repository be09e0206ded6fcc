import type { Database } from '../sqlite.ts'

/** `content` is JSON. */
export type ProgressRow = readonly [id: string, content: string]

export interface ProgressWrites {
  putProgress(row: ProgressRow): null
  /** Answers with the content that is there then. */
  putProgressIfAbsent(row: ProgressRow): string
}

export function progressWrites(db: Database): ProgressWrites {
  const put = db.prepare('INSERT OR REPLACE INTO progress (id, content) VALUES (?, ?)')
  const putIfAbsent = db.prepare('INSERT OR IGNORE INTO progress (id, content) VALUES (?, ?)')
  const get = db.prepare<[content: string]>('SELECT content FROM progress WHERE id = ?')
  return {
    putProgressIfAbsent([id, content]) {
      putIfAbsent.run(id, content)
      return get.get(id)?.[0] ?? content
    },
    putProgress: (row) => {
      put.run(...row)
      return null
    },
  }
}
