import type { Slot } from '../near/slot.ts'
import type { EntityNode, Segment } from './entity-node.ts'
import type { Fragment } from './fragment.ts'

/** What was made of an entry for a segment of an operation: it holds until the entry changes, or time ends one of its fields. */
export interface MadeSegment {
  segment: Segment
  class: string
  /** The keys of fields whose arguments come from variables. */
  keys: string
  fragment: Fragment
  freshUntil: number
  storedAt: number
}

/** All of an answer that begins with one entity: it holds as long as everything in it. */
export interface KeptAnswer {
  node: EntityNode
  /** Of whom it is for, and of arguments that come from variables. */
  key: string
  text: string
  madeOf: readonly Slot[]
  /** Of all of them together, when it was made: none of them has ever fewer. */
  changes: number
  freshUntil: number
  storedAt: number
  usesUntilTouched: number
}
