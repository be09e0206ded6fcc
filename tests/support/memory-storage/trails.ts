import { readState } from '../../../core/profile/read-state.ts'
import type { TrailBase, TrailDocument, TrailStore } from '../../../storage/ports.ts'
import { assertStorable } from './assert-storable.ts'
import { byText, DocumentMap } from './document-map.ts'

export function createTrailStore(): TrailStore {
  const trails = new DocumentMap<TrailDocument>()
  const bases = new DocumentMap<TrailBase>()
  return {
    async bases(ids) {
      return new Map([...bases.getMany(ids)].map(([id, base]) => [id, completed(base)]))
    },

    async putBases(writes) {
      for (const base of writes) assertStorable(base, 'base')
      return writes.map((base) => {
        if ((bases.get(base.id)?.rev ?? 0) !== base.rev - 1) return false
        bases.set(base.id, base)
        return true
      })
    },

    async get(ids) {
      return new Map([...trails.getMany(ids)].map(([id, trail]) => [id, completed(trail)]))
    },

    async put(writes) {
      for (const trail of writes) assertStorable(trail, 'trail')
      return writes.map((trail) => {
        if ((trails.get(trail.id)?.version ?? 0) !== trail.version - 1) return false
        trails.set(trail.id, trail)
        return true
      })
    },

    async findByHomes(homes) {
      return trails.filter(({ home }) => homes.includes(home)).map(completed)
    },

    async findDirty(after, limit) {
      return trails
        .filter(({ id, dirty }) => dirty && (after === null || id > after))
        .sort(byText(({ id }) => id))
        .slice(0, limit)
        .map(({ id, identity, home }) => ({ id, identity, home }))
    },

    async list(after, limit) {
      return trails
        .filter(({ id }) => after === null || id > after)
        .map(({ id }) => id)
        .sort()
        .slice(0, limit)
    },

    async dirtyEvents(homes) {
      return trails
        .filter(({ dirty, home }) => dirty && homes.includes(home))
        .map(({ home, applied }) => ({ home, keys: applied.map(({ key }) => key) }))
    },

    async clearDirty(cleared) {
      for (const { id, version } of cleared) {
        const trail = trails.get(id)
        if (trail?.version === version) trails.set(id, { ...trail, dirty: false })
      }
    },
  }
}

function completed<Doc extends { state: TrailDocument['state'] }>(trail: Doc): Doc {
  return { ...trail, state: readState(trail.state) }
}
