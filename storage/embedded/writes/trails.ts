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

/** `state` is JSON. */
export type BaseRow = readonly [
  rev: number,
  before: number,
  version: number,
  foldVersion: number,
  state: string,
  id: string,
]

export interface TrailWrites {
  putTrails(trails: readonly TrailRow[]): boolean[]
  clearDirtyTrails(trails: readonly (readonly [id: string, version: number])[]): null
  putTrailBases(bases: readonly BaseRow[]): boolean[]
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
  const insertBase = db.prepare(`
    INSERT INTO trail_bases (rev, before, version, fold_version, state, id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`)
  const updateBase = db.prepare(`
    UPDATE trail_bases SET rev = ?1, before = ?2, version = ?3, fold_version = ?4, state = ?5
    WHERE id = ?6 AND rev = ?1 - 1`)

  return {
    putTrailBases: (bases) =>
      bases.map((row) => (row[0] === 1 ? insertBase : updateBase).run(...row).changes === 1),
    putTrails: (trails) => trails.map((row) => (row[2] === 1 ? insert : update).run(...row).changes === 1),
    clearDirtyTrails: (trails) => {
      for (const row of trails) clearDirty.run(...row)
      return null
    },
  }
}
