import { parseState } from '../parse-state.ts'
import type { AppliedEntry, TrailBase, TrailDocument, TrailStore } from '../ports.ts'
import { flag, integer, json, text } from '../values.ts'
import { idList } from './encode.ts'
import { createParsedStates } from './parsed-states.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import type { BaseRow, TrailToPut } from './writes/trails.ts'

export function createTrailStore(reader: Reader, writer: Writer): TrailStore {
  const states = createParsedStates()
  const byIds = reader.prepare<TrailColumns>(
    `SELECT ${COLUMNS} FROM trails WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const byHomes = reader.prepare<TrailColumns>(
    `SELECT ${COLUMNS} FROM trails WHERE home IN (SELECT value FROM json_each(?))`,
  )
  const dirtyOf = reader.prepare<[home: string, applied: string]>(
    `SELECT home, applied FROM trails WHERE home IN (SELECT value FROM json_each(?)) AND ${IS_DIRTY}`,
  )
  const dirty = reader.prepare<[id: string, identity: string, home: string]>(`
    SELECT t.id, t.identity, t.home FROM dirty_trails AS d CROSS JOIN trails AS t ON t.id = d.id
    WHERE d.id > ? ORDER BY d.id LIMIT ?`)
  const page = reader.prepare<[id: string]>('SELECT id FROM trails WHERE id > ? ORDER BY id LIMIT ?')
  const bases = reader.prepare<BaseColumns>(`
    SELECT id, rev, before, version, fold_version, state FROM trail_bases
    WHERE id IN (SELECT value FROM json_each(?))`)

  const readTrail = (row: TrailColumns): TrailDocument => {
    const [id, identity, home, version, foldVersion, dirty, applied, state] = row
    return {
      id,
      identity,
      home,
      version,
      foldVersion,
      state: states.parse(id, state),
      applied: JSON.parse(applied) as AppliedEntry[],
      dirty: dirty === 1,
    }
  }

  const toPut = (trail: TrailDocument): TrailToPut => {
    const written = trailToPut(trail)
    states.keep(trail.id, stateOf(written), trail.state)
    return written
  }

  return {
    bases: async (ids) => new Map(bases.all(idList(ids)).map((row) => [row[0], readBase(row)])),
    putBases: async (given) => (given.length === 0 ? [] : writer.run('putTrailBases', given.map(baseRow))),
    get: async (ids) => new Map(byIds.all(idList(ids)).map((row) => [row[0], readTrail(row)])),
    put: async (trails) => (trails.length === 0 ? [] : writer.run('putTrails', trails.map(toPut))),
    findByHomes: async (homes) => byHomes.all(idList(homes)).map(readTrail),
    findDirty: async (after, limit) =>
      dirty.all(after ?? '', limit).map(([id, identity, home]) => ({ id, identity, home })),
    list: async (after, limit) => page.all(after ?? '', limit).map(([id]) => id),
    dirtyEvents: async (homes) =>
      dirtyOf.all(idList(homes)).map(([home, applied]) => ({
        home,
        keys: (JSON.parse(applied) as AppliedEntry[]).map(({ key }) => key),
      })),
    clearDirty: async (trails) => {
      if (trails.length === 0) return
      await writer.run(
        'clearDirtyTrails',
        trails.map(({ id, version }) => [text(id, 'trail.id'), integer(version, 'trail.version')]),
      )
    },
  }
}

const IS_DIRTY = 'EXISTS (SELECT 1 FROM dirty_trails AS d WHERE d.id = trails.id)'
const COLUMNS = `id, identity, home, version, fold_version, ${IS_DIRTY}, applied, state`
type TrailColumns = [
  id: string,
  identity: string,
  home: string,
  version: number,
  foldVersion: number,
  dirty: 0 | 1,
  applied: string,
  state: string,
]

type BaseColumns = [
  id: string,
  rev: number,
  before: number,
  version: number,
  foldVersion: number,
  state: string,
]

function readBase([id, rev, before, version, foldVersion, state]: BaseColumns): TrailBase {
  return { id, rev, before, version, foldVersion, state: parseState(state) }
}

function baseRow(base: TrailBase): BaseRow {
  return [
    integer(base.rev, 'base.rev'),
    integer(base.before, 'base.before'),
    integer(base.version, 'base.version'),
    integer(base.foldVersion, 'base.foldVersion'),
    json(base.state, 'base.state'),
    text(base.id, 'base.id'),
  ]
}

function trailToPut(trail: TrailDocument): TrailToPut {
  return {
    row: [
      text(trail.identity, 'trail.identity'),
      text(trail.home, 'trail.home'),
      integer(trail.version, 'trail.version'),
      json(trail.applied, 'trail.applied'),
      json(trail.state, 'trail.state'),
      text(trail.id, 'trail.id'),
      integer(trail.foldVersion, 'trail.foldVersion'),
    ],
    dirty: flag(trail.dirty, 'trail.dirty') === 1,
  }
}

function stateOf({ row: [, , , , state] }: TrailToPut): string {
  return state
}
