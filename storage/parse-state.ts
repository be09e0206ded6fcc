import type { ProfileState } from '../core/profile/profile.ts'
import { readState } from '../core/profile/read-state.ts'

/** The state that a store keeps as this text. */
export function parseState(text: string): ProfileState {
  return readState(JSON.parse(text) as Partial<ProfileState>)
}
