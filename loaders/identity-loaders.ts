import DataLoader from 'dataloader'
import type { IdentityKey } from '../core/identity/identity-key.ts'
import { compareLinks, type IdentityRow, type LinkRecord } from '../core/identity/identity-log.ts'
import type { IdentityStore } from '../storage/ports.ts'

/** The row of a key; null while no link has named it. */
export type IdentityRowLoader = DataLoader<IdentityKey, IdentityRow | null>
/** Every link that names a key, in the order in which they were decided; what waits comes last. */
export type KeyLinksLoader = DataLoader<IdentityKey, LinkRecord[]>

export function createIdentityRowLoader(
  store: Pick<IdentityStore, 'rows'>,
  maxBatchSize: number,
): IdentityRowLoader {
  return new DataLoader(
    async (keys) => {
      const rows = await store.rows(keys)
      return keys.map((key) => rows.get(key) ?? null)
    },
    { maxBatchSize },
  )
}

export function createKeyLinksLoader(
  store: Pick<IdentityStore, 'pairsOfKeys'>,
  maxBatchSize: number,
): KeyLinksLoader {
  return new DataLoader(
    async (keys) => {
      const linksOf = new Map<IdentityKey, LinkRecord[]>(keys.map((key) => [key, []]))
      for (const link of await store.pairsOfKeys(keys)) {
        for (const key of link.pair) linksOf.get(key)?.push(link)
      }
      return keys.map((key) => (linksOf.get(key) ?? []).sort(compareLinks))
    },
    { maxBatchSize },
  )
}
