import type { RosterMember } from './ports.ts'

export interface Place extends RosterMember {
  /** On a clock that all places of a roster are told by. */
  since: number
}

/** Whoever reads the same places sees the same order. */
export function inOrderOfArrival(places: readonly Place[]): RosterMember[] {
  return places
    .toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
    .map(({ id, note }) => ({ id, note }))
}
