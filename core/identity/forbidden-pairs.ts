import type { IdentityKey, IdentityPair } from './identity-key.ts'
import type { IdentityUndo } from './identity-log.ts'

/** The pairs of keys that no profile may hold both of. */
export interface ForbiddenPairs {
  get(pair: IdentityPair): IdentityUndo | null
  /** Whether some key of the one and some key of the other are such a pair. */
  areBetween(one: readonly IdentityKey[], other: readonly IdentityKey[]): boolean
}

export function forbiddenPairs(undos: Iterable<IdentityUndo>): ForbiddenPairs {
  const undoOf = new Map<IdentityKey, Map<IdentityKey, IdentityUndo>>()
  const put = (key: IdentityKey, other: IdentityKey, undo: IdentityUndo): void => {
    const others = undoOf.get(key)
    if (others) others.set(other, undo)
    else undoOf.set(key, new Map([[other, undo]]))
  }
  for (const undo of undos) {
    put(undo.pair[0], undo.pair[1], undo)
    put(undo.pair[1], undo.pair[0], undo)
  }
  return {
    get: ([a, b]) => undoOf.get(a)?.get(b) ?? null,
    areBetween: (one, other) =>
      undoOf.size > 0 &&
      one.some((key) => {
        const apart = undoOf.get(key)
        return apart !== undefined && other.some((each) => apart.has(each))
      }),
  }
}
