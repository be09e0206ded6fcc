import { parseState } from '../parse-state.ts'
import type { AppliedEntry, TrailBase, TrailDocument, TrailStore } from '../ports.ts'
import { flag, integer, json, text } from '../values.ts'
import type { Calls } from './calls.ts'
import { compareAndSet, type Replacement } from './compare-and-set.ts'
import type { Collections, TrailBaseRow, TrailRow } from './documents.ts'
import { atMost, idAfter, storableIds } from './ids.ts'

export function createTrailStore({ trails, trailBases }: Collections, calls: Calls): TrailStore {
  return {
    bases: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return new Map()
        const rows = await trailBases.find({ _id: { $in: wanted } }).toArray()
        return new Map(rows.map((row) => [row._id, readBase(row)]))
      }),
    putBases: (written) =>
      calls.run(async () => compareAndSet(trailBases, 'rev', written.map(baseReplacement))),
    get: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return new Map()
        const rows = await trails.find({ _id: { $in: wanted } }).toArray()
        return new Map(rows.map((row) => [row._id, readTrail(row)]))
      }),
    put: (written) => calls.run(async () => compareAndSet(trails, 'version', written.map(trailReplacement))),
    findByHomes: (homes) =>
      calls.run(async () => {
        const wanted = storableIds(homes)
        if (wanted.length === 0) return []
        const rows = await trails.find({ home: { $in: wanted } }).toArray()
        return rows.map(readTrail)
      }),
    findDirty: (after, limit) =>
      calls.run(async () => {
        const rows = await trails
          .find({ dirty: true, _id: { $gt: idAfter(after) } })
          .project<Pick<TrailRow, '_id' | 'identity' | 'home'>>({ identity: 1, home: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(({ _id, identity, home }) => ({ id: _id, identity, home }))
      }),
    dirtyEvents: (homes) =>
      calls.run(async () => {
        const wanted = storableIds(homes)
        if (wanted.length === 0) return []
        const rows = await trails
          .find({ dirty: true, home: { $in: wanted } })
          .project<Pick<TrailRow, 'home' | 'applied'>>({ _id: 0, home: 1, applied: 1 })
          .toArray()
        return rows.map(({ home, applied }) => ({ home, keys: readApplied(applied).map(({ key }) => key) }))
      }),
    clearDirty: (clean) =>
      calls.run(async () => {
        if (clean.length === 0) return
        const operations = clean.map(({ id, version }) => ({
          updateOne: {
            filter: {
              _id: text(id, 'trail.id'),
              version: integer(version, 'trail.version'),
              dirty: true as const,
            },
            update: { $unset: { dirty: '' } } as const,
          },
        }))
        await trails.bulkWrite(operations, { ordered: false })
      }),
    list: (after, limit) =>
      calls.run(async () => {
        const rows = await trails
          .find({ _id: { $gt: idAfter(after) } })
          .project<Pick<TrailRow, '_id'>>({ _id: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(({ _id }) => _id)
      }),
  }
}

function readTrail(row: TrailRow): TrailDocument {
  return {
    id: row._id,
    identity: row.identity,
    home: row.home,
    version: row.version,
    foldVersion: row.foldVersion,
    state: parseState(row.state),
    applied: readApplied(row.applied),
    dirty: row.dirty === true,
  }
}

function readBase({ _id, rev, before, version, foldVersion, state }: TrailBaseRow): TrailBase {
  return { id: _id, rev, before, version, foldVersion, state: parseState(state) }
}

function baseReplacement(base: TrailBase): Replacement {
  return {
    id: text(base.id, 'base.id'),
    version: integer(base.rev, 'base.rev'),
    set: {
      rev: base.rev,
      before: integer(base.before, 'base.before'),
      version: integer(base.version, 'base.version'),
      foldVersion: integer(base.foldVersion, 'base.foldVersion'),
      state: json(base.state, 'base.state'),
    },
    unset: [],
  }
}

function readApplied(applied: string): AppliedEntry[] {
  return JSON.parse(applied) as AppliedEntry[]
}

function trailReplacement(trail: TrailDocument): Replacement {
  const dirty = flag(trail.dirty, 'trail.dirty') === 1
  return {
    id: text(trail.id, 'trail.id'),
    version: integer(trail.version, 'trail.version'),
    set: {
      identity: text(trail.identity, 'trail.identity'),
      home: text(trail.home, 'trail.home'),
      version: trail.version,
      foldVersion: integer(trail.foldVersion, 'trail.foldVersion'),
      applied: json(trail.applied, 'trail.applied'),
      state: json(trail.state, 'trail.state'),
      ...(dirty && { dirty: true }),
    },
    unset: dirty ? [] : ['dirty'],
  }
}
