import type { Database } from '../sqlite.ts'

/** `applied` and `state` are JSON. */
export type TrailRow = readonly [
  identity: string,
  home: string,
  version: number,
  dirty: 1 | null,
  applied: string,
  state: string,
  id: string,
  foldVersion: number,
]

export interface TrailWrites {
  putTrails(trails: readonly TrailRow[]): boolean[]
  clearDirtyTrails(trails: readonly (readonly [id: string, version: number])[]): null
}

export function trailWrites(db: Database): TrailWrites {
  const insert = db.prepare(`
    INSERT INTO trails (identity, home, version, dirty, applied, state, id, fold_version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`)
  const update = db.prepare(`
    UPDATE trails SET identity = ?1, home = ?2, version = ?3, dirty = ?4, applied = ?5, state = ?6,
      fold_version = ?8
    WHERE id = ?7 AND version = ?3 - 1`)
  const clearDirty = db.prepare('UPDATE trails SET dirty = NULL WHERE id = ? AND version = ? AND dirty = 1')

  return {
    putTrails: (trails) => trails.map((row) => (row[2] === 1 ? insert : update).run(...row).changes === 1),
    clearDirtyTrails: (trails) => {
      for (const row of trails) clearDirty.run(...row)
      return null
    },
  }
}
