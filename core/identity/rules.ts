import type { IdentityKey } from './identity-key.ts'
import { splitIdentityKey } from './identity-key.ts'
import { compileGlobs, type Glob } from './glob.ts'

/** What decides which links join people. Data: it can be tried on recorded links before it is put in force. */
export interface IdentityRules {
  /** By kind: `userId`, `email`, `phone`, `anonymousId`, or the type of an external id. */
  kinds: Readonly<Record<string, KindRules>>
  /** Of every kind that `kinds` does not name. */
  otherKinds: KindRules
  /** Values that never link, whatever their kind: as KindRules.blocked. */
  blocked: readonly string[]
  /** A profile that would hold more identifiers than this is not made. */
  maxKeysPerProfile: number
  /** A profile that more merges than this would have gone into is not made; null for no limit. A merge joins two profiles that each had several identifiers. */
  maxMergesPerProfile: number | null
}

export interface KindRules {
  /** Of the two identifiers of a link that breaks a limit, the one of the lower priority is dropped. */
  priority: number
  /** How many of this kind one profile may hold; null for no limit. */
  maxPerProfile: number | null
  /** With how many user ids it may be linked. One more, and it is shared by several people: it is quarantined. */
  maxUserIds: number | null
  /** With how many identifiers it may be linked. One more, and it is quarantined. */
  maxLinks: number | null
  /** Values that never link. `*` stands for any text; upper and lower case are the same. */
  blocked: readonly string[]
}

const ANY: KindRules = { priority: 10, maxPerProfile: null, maxUserIds: 10, maxLinks: 200, blocked: [] }

export const DEFAULT_IDENTITY_RULES: IdentityRules = {
  kinds: {
    userId: { ...ANY, priority: 100, maxPerProfile: 1, maxUserIds: null, maxLinks: null },
    email: { ...ANY, priority: 80, maxPerProfile: 20, maxUserIds: 5 },
    phone: { ...ANY, priority: 60, maxPerProfile: 20, maxUserIds: 5 },
    anonymousId: { ...ANY, priority: 20 },
  },
  otherKinds: { ...ANY, priority: 40 },
  blocked: [],
  maxKeysPerProfile: 100,
  maxMergesPerProfile: 50,
}

/** Rules made ready for deciding. */
export interface CompiledRules extends IdentityRules {
  ofKey(key: IdentityKey): KindRules
  isBlocked(key: IdentityKey): boolean
}

export function compileRules(rules: IdentityRules): CompiledRules {
  const anyKind = compileGlobs(rules.blocked)
  const byKind = new Map<string, Glob>()
  for (const [kind, { blocked }] of Object.entries(rules.kinds)) byKind.set(kind, compileGlobs(blocked))
  const otherKinds = compileGlobs(rules.otherKinds.blocked)
  return {
    ...rules,
    ofKey: (key) => {
      const { kind } = splitIdentityKey(key)
      return Object.hasOwn(rules.kinds, kind) ? (rules.kinds[kind] ?? rules.otherKinds) : rules.otherKinds
    },
    isBlocked: (key) => {
      const { kind, value } = splitIdentityKey(key)
      return anyKind(value) || (byKind.get(kind) ?? otherKinds)(value)
    },
  }
}
