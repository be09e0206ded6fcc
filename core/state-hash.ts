import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from './json.ts'
import type { ProfileDocument } from './profile/profile.ts'

/** Adds up what profiles say, given in order of id. */
export interface StateHash {
  add(profile: Pick<ProfileDocument, 'id' | 'view'>): void
  /** SHA-256 in base64url, 43 characters; nothing may be added afterwards. */
  digest(): string
}

/**
 * The same for two stores whose readers see the same of everybody, however each came to it: by folding, by replay or
 * from a backup. So version, `asOf`, outbox and what changes with the time of day are left out.
 */
export function createStateHash(): StateHash {
  const hash = createHash('sha256')
  return {
    add({ id, view }) {
      // A view is JSON: that is how it is stored.
      hash.update(canonicalJson([id, view as unknown as JsonValue])).update('\n')
    },
    digest: () => hash.digest('base64url'),
  }
}
