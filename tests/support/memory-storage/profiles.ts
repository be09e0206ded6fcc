import type { ProfileStore, ProfileWrite } from '../../../storage/ports.ts'
import { assertStorable } from './assert-storable.ts'
import { byText, DocumentMap } from './document-map.ts'

export function createProfileStore(): ProfileStore {
  const writes = new DocumentMap<ProfileWrite>()

  const livingIds = (test: (write: ProfileWrite) => boolean, after: string | null, limit: number): string[] =>
    writes
      .filter((write) => write.profile.mergedInto === null && test(write))
      .map(({ profile }) => profile.id)
      .filter((id) => after === null || id > after)
      .sort()
      .slice(0, limit)

  return {
    async get(ids) {
      return new Map([...writes.getMany(ids)].map(([id, { profile }]) => [id, profile]))
    },

    async put(given) {
      for (const write of given) assertStorable(write, 'profile')
      return given.map((write) => {
        const { id, rev } = write.profile
        if ((writes.get(id)?.profile.rev ?? 0) !== rev - 1) return false
        writes.set(id, write)
        return true
      })
    },

    async findOutbox(after, limit) {
      return writes
        .filter(({ profile }) => profile.outbox.length > 0 && (after === null || profile.id > after))
        .map(({ profile: { id, mergedInto, outbox } }) => ({ id, mergedInto, outbox }))
        .sort(byText(({ id }) => id))
        .slice(0, limit)
    },

    async trimOutbox(trims) {
      for (const { id, version } of trims) {
        const write = writes.get(id)
        if (!write) continue
        const outbox = write.profile.outbox.filter((entry) => entry.version > version)
        writes.set(id, { ...write, profile: { ...write.profile, outbox } })
      }
    },

    async findUnpublished(after, limit) {
      return writes
        .filter(({ profile }) => profile.unpublished !== null && (after === null || profile.id > after))
        .map(({ profile }) => profile)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .flatMap(({ id, mergedInto, unpublished: change }) => (change ? [{ id, mergedInto, change }] : []))
    },

    async clearUnpublished(published) {
      for (const { id, version } of published) {
        const write = writes.get(id)
        if (write?.profile.unpublished?.version !== version) continue
        writes.set(id, { ...write, profile: { ...write.profile, unpublished: null } })
      }
    },

    async findDue(now, limit) {
      return writes
        .filter((write) => dueAt(write) <= now)
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, limit)
        .map(({ profile }) => profile.id)
    },

    async search(prefixes, after, limit) {
      const hasAll = ({ terms }: ProfileWrite): boolean =>
        prefixes.every((prefix) => terms.some((term) => term.startsWith(prefix)))
      return livingIds(hasAll, after, limit)
    },

    async list(after, limit) {
      return livingIds(() => true, after, limit)
    },

    async stats() {
      const all = writes.filter(() => true).map(({ profile }) => profile)
      return {
        profiles: all.filter(({ mergedInto }) => mergedInto === null).length,
        outbox: all.filter(({ outbox }) => outbox.length > 0).length,
      }
    },
  }
}

function dueAt({ profile }: ProfileWrite): number {
  return profile.nextChangeAt ?? Infinity
}
