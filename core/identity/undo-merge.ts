import type { IdentityKey, IdentityPair, ProfileId } from './identity-key.ts'
import type { LinkRecord } from './identity-log.ts'

/** Which links are taken back: the one of a pair, or all by which a profile holds one of its keys. */
export type UndoTarget =
  { kind: 'pair'; pair: IdentityPair } | { kind: 'key'; profileId: ProfileId; key: IdentityKey }

export interface UndoneMerge {
  /** The links, with what is decided about them now. */
  links: LinkRecord[]
  /** Where their keys are now: each profile at a version, or a later one, that shows it. */
  profiles: { id: ProfileId; version: number }[]
}

/**
 * Takes links back, and resolves when profiles show it. Doing it again changes nothing. LINK_UNKNOWN when there is no
 * such link.
 */
export type UndoMerge = (target: UndoTarget, by: string) => Promise<UndoneMerge>
