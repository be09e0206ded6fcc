import type { Database } from '../sqlite.ts'

/** `applied` and `state` are JSON. */
export type TrailRow = readonly [
  identity: string,
  home: string,
  version: number,
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

export interface TrailToPut {
  row: TrailRow
  dirty: boolean
}

export interface TrailWrites {
  putTrails(trails: readonly TrailToPut[]): boolean[]
  clearDirtyTrails(trails: readonly (readonly [id: string, version: number])[]): null
  putTrailBases(bases: readonly BaseRow[]): boolean[]
}

export function trailWrites(db: Database): TrailWrites {
  const insert = db.prepare(`
    INSERT INTO trails (identity, home, version, applied, state, id, fold_version) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`)
  // Naming an indexed column writes its index anew, whatever the value.
  const updateInPlace = db.prepare(`
    UPDATE trails SET version = ?3, applied = ?4, state = ?5, fold_version = ?7
    WHERE id = ?6 AND version = ?3 - 1 AND identity = ?1 AND home = ?2`)
  const update = db.prepare(`
    UPDATE trails SET identity = ?1, home = ?2, version = ?3, applied = ?4, state = ?5, fold_version = ?7
    WHERE id = ?6 AND version = ?3 - 1`)
  const setDirty = db.prepare('INSERT OR REPLACE INTO dirty_trails (id, version) VALUES (?, ?)')
  const unsetDirty = db.prepare('DELETE FROM dirty_trails WHERE id = ?')
  const clearDirty = db.prepare('DELETE FROM dirty_trails WHERE id = ? AND version = ?')
  const insertBase = db.prepare(`
    INSERT INTO trail_bases (rev, before, version, fold_version, state, id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`)
  const updateBase = db.prepare(`
    UPDATE trail_bases SET rev = ?1, before = ?2, version = ?3, fold_version = ?4, state = ?5
    WHERE id = ?6 AND rev = ?1 - 1`)

  const put = ({ row, dirty }: TrailToPut): boolean => {
    const [, , version, , , id] = row
    const ways = version === 1 ? [insert] : [updateInPlace, update]
    if (!ways.some((way) => way.run(...row).changes === 1)) return false
    if (dirty) setDirty.run(id, version)
    else unsetDirty.run(id)
    return true
  }

  return {
    putTrailBases: (bases) =>
      bases.map((row) => (row[0] === 1 ? insertBase : updateBase).run(...row).changes === 1),
    putTrails: (trails) => trails.map(put),
    clearDirtyTrails: (trails) => {
      for (const row of trails) clearDirty.run(...row)
      return null
    },
  }
}
