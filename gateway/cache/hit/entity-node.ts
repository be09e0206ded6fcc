import type { ValueShape } from '../../engine/shape/compile-shape.ts'
import type { FieldKey } from '../fetches/field-key.ts'
import type { EntitySpace } from '../near/entity-space.ts'
import type { NodesByPath } from './fragment.ts'

/** Where an answer has an entity: what of it comes from which subgraph, in the order in which it is written. */
export interface EntityNode {
  typeName: string
  key: string
  /** The first is where the entity itself is found. */
  sources: readonly EntitySource[]
  segments: readonly Segment[]
}

export interface EntitySource {
  space: EntitySpace
  isPrivate: boolean
}

/** Of an entity, a stretch of the answer that one subgraph gives. */
export interface Segment {
  source: number
  pieces: readonly Piece[]
  /** What is known beforehand of its end. */
  end: string
  /** Of its fields. */
  keys: readonly FieldKey[]
  /** The same as text, where no variables make others of them. */
  plainKeys: readonly string[] | null
  /** Whether its fields have arguments that come from variables. */
  hasVariables: boolean
}

/** What is known beforehand, then the entity's own key or the value of a field. */
export type Piece =
  | { kind: 'key'; text: string }
  | {
      kind: 'field'
      text: string
      key: FieldKey
      hasVariables: boolean
      shape: ValueShape
      path: string
      nodes: NodesByPath
    }
