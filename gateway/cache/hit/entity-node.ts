import type { ValueShape } from '../../engine/shape/compile-shape.ts'
import { quoted } from '../../engine/json-text.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { FieldKey } from '../field-key.ts'
import type { EntitySpace, Slot } from '../near-cache.ts'
import type { NearEntry, NearField } from '../near-entry.ts'
import { fragmentOf, type Fragment, type NodesByPath } from './fragment.ts'

/** Where an answer has an entity: what of it comes from which subgraph, in the order in which it is written. */
export interface EntityNode {
  typeName: string
  key: string
  sources: readonly EntitySource[]
  pieces: readonly Piece[]
  /** Closes the object, after what is known beforehand of its end. */
  end: string
}

export interface EntitySource {
  space: EntitySpace
  isPrivate: boolean
}

/** What is known beforehand, then the entity's own key or the value of a field. */
export type Piece =
  | { kind: 'key'; text: string }
  | { kind: 'field'; text: string; source: number; key: FieldKey; value: PieceValue }

export interface PieceValue {
  shape: ValueShape
  path: string
  nodes: NodesByPath
}

/** What one request writes from what the process keeps. */
export class HitWriter {
  readonly #cache: EntityCache
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #classes: { shared: string; private: string }
  readonly #now: number
  hits = 0

  constructor(
    cache: EntityCache,
    variables: Readonly<Record<string, unknown>>,
    classes: { shared: string; private: string },
  ) {
    this.#cache = cache
    this.#variables = variables
    this.#classes = classes
    this.#now = cache.now
  }

  get now(): number {
    return this.#now
  }

  /** Undefined when anything is missing, not fresh, or not as it should be. `first`: what was found for the first source. */
  entity(node: EntityNode, id: string, first?: Slot): string | undefined {
    const { sources, pieces } = node
    const entries: NearEntry[] = []
    for (let index = 0; index < sources.length; index++) {
      const { space, isPrivate } = sources[index] as EntitySource
      const slot = index === 0 && first ? first : this.#cache.near.find(space, id)
      const entry = slot?.entries.get(this.classOf(isPrivate))
      if (!entry || entry.absentUntil > 0) return undefined
      entries.push(entry)
    }
    this.hits += entries.length
    let text = ''
    for (const piece of pieces) {
      text += piece.text
      if (piece.kind === 'key') {
        text += quoted(id)
        continue
      }
      const source = sources[piece.source] as EntitySource
      const field = entries[piece.source]?.fields.get(piece.key(this.#variables))
      if (!field || !this.#cache.isFresh(field, source.space, this.#now)) return undefined
      const written = this.#field(field, piece.value)
      if (written === undefined) return undefined
      text += written
    }
    return text + node.end
  }

  classOf(isPrivate: boolean): string {
    return isPrivate ? this.#classes.private : this.#classes.shared
  }

  #field(field: NearField, { shape, path, nodes }: PieceValue): string | undefined {
    if (field.text === 'null') return shape.nonNull ? undefined : 'null'
    const place = shape.kind === 'leaf' ? shape.type : shape
    let fragment = field.fragment(place)
    if (fragment === undefined) {
      fragment = fragmentOf(shape, field.text, path, nodes)
      if (fragment === undefined) return undefined
      field.keepFragment(place, fragment)
    }
    return typeof fragment === 'string' ? fragment : this.#template(fragment)
  }

  #template({ texts, entities }: Exclude<Fragment, string>): string | undefined {
    let text = texts[0] as string
    let index = 1
    for (const { node, id } of entities) {
      const written = this.entity(node, id)
      if (written === undefined) return undefined
      text += written
      text += texts[index++] as string
    }
    return text
  }
}
