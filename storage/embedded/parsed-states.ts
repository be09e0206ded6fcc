import type { ProfileState } from '../../core/profile/profile.ts'
import { readState } from '../../core/profile/read-state.ts'
import { parseState } from '../parse-state.ts'

/**
 * The states that were written last, by their text: a profile is put together just after its trail was folded, and what
 * reads as the same text need not be parsed again. States are never changed in place, so they can be shared.
 */
export interface ParsedStates {
  /** The state that this text of the trail is. */
  parse(id: string, text: string): ProfileState
  keep(id: string, text: string, state: ProfileState): void
}

/** Of all texts that are kept; what they say takes some three times as much memory. */
const MAX_CHARS = 4_000_000

export function createParsedStates(): ParsedStates {
  const kept = new Map<string, { text: string; state: ProfileState }>()
  let chars = 0

  const drop = (id: string): void => {
    chars -= kept.get(id)?.text.length ?? 0
    kept.delete(id)
  }
  return {
    parse(id, text) {
      const last = kept.get(id)
      return last?.text === text ? last.state : parseState(text)
    },
    keep(id, text, state) {
      drop(id)
      kept.set(id, { text, state: readState(state) })
      chars += text.length
      for (const oldest of kept.keys()) {
        if (chars <= MAX_CHARS) break
        drop(oldest)
      }
    },
  }
}
