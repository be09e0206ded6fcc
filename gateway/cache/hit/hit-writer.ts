import { quoted } from '../../engine/json-text.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { FieldKey } from '../fetches/field-key.ts'
import type { Slot } from '../near/slot.ts'
import type { EntityNode, Segment } from './entity-node.ts'
import { FragmentWriter, type Template } from './fragment.ts'
import type { MadeSegment } from './made.ts'

/** What one request writes from what the process keeps. Undefined when anything is missing, not fresh, or not as it should be. */
export class HitWriter {
  readonly now: number
  hits = 0
  /** Of what has been written since it was begun; null when some of it was made anew. */
  #madeOf: Slot[] | null = null
  #freshUntil = Infinity
  #storedAt = Infinity
  readonly #cache: EntityCache
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #classes: { shared: string; private: string }

  constructor(
    cache: EntityCache,
    variables: Readonly<Record<string, unknown>>,
    classes: { shared: string; private: string },
  ) {
    this.now = cache.now
    this.#cache = cache
    this.#variables = variables
    this.#classes = classes
  }

  classOf(isPrivate: boolean): string {
    return isPrivate ? this.#classes.private : this.#classes.shared
  }

  /** For whom answers are kept that have fields with these keys. */
  keyOf(keys: readonly FieldKey[]): string {
    let key = this.#classes.private
    for (const each of keys) key += each(this.#variables)
    return key
  }

  /** The whole of an answer that begins with this entity: as it was written before, where nothing in it has changed. */
  answer(node: EntityNode, slot: Slot, key: string): string | undefined {
    for (const answer of slot.answers) {
      if (answer.node !== node || answer.key !== key || !this.#cache.isHeld(answer, this.now)) continue
      this.hits += answer.madeOf.length
      return answer.text
    }
    this.#madeOf = []
    this.#freshUntil = Infinity
    this.#storedAt = Infinity
    const text = this.entity(node, slot)
    const madeOf = this.#madeOf as Slot[] | null
    if (text === undefined || !madeOf) return text
    // In one piece: it was put together of many, which are all over the memory.
    const whole = Buffer.from(text).toString()
    const changes = madeOf.reduce((sum, each) => sum + each.changes, 0)
    this.#cache.near.keepAnswer(slot, {
      node,
      key,
      text: whole,
      madeOf,
      changes,
      freshUntil: this.#freshUntil,
      storedAt: this.#storedAt,
      usesUntilTouched: 0,
    })
    return whole
  }

  /** `slot`: of the node's first source. */
  entity(node: EntityNode, slot: Slot): string | undefined {
    const { sources, segments } = node
    let text = ''
    for (let index = 0; index < segments.length; index++) {
      const segment = segments[index] as Segment
      const source = sources[segment.source]
      const own = segment.source === 0 ? slot : this.#related(slot, node, segment.source)
      if (!own || !source) return undefined
      const made = this.#made(segment, own, this.classOf(source.isPrivate))
      if (!made || !this.#cache.isFresh(made, source.space, this.now)) return undefined
      this.hits++
      this.#madeOf?.push(own)
      this.#freshUntil = Math.min(this.#freshUntil, made.freshUntil)
      this.#storedAt = Math.min(this.#storedAt, made.storedAt)
      const { fragment } = made
      const written = typeof fragment === 'string' ? fragment : this.#template(fragment)
      if (written === undefined) return undefined
      text += written
    }
    return text
  }

  /** The same entity as another subgraph knows it. */
  #related(slot: Slot, node: EntityNode, source: number): Slot | undefined {
    const { near } = this.#cache
    const known = slot.related[source]
    const space = node.sources[source]?.space
    if (known && known.space === space && near.isHeld(known)) return known
    const found = space && near.find(space, slot.id)
    if (found) slot.related[source] = found
    return found
  }

  #template({ texts, entities }: Template): string | undefined {
    const { near } = this.#cache
    let text = texts[0] as string
    for (let index = 0; index < entities.length; index++) {
      const reference = entities[index] as Template['entities'][number]
      const { node, id } = reference
      let { slot } = reference
      if (!slot || !near.isHeld(slot)) {
        const space = node.sources[0]?.space
        reference.slot = slot = space && near.find(space, id)
      }
      const written = slot && this.entity(node, slot)
      if (written === undefined) return undefined
      text += written
      text += texts[index + 1] as string
    }
    return text
  }

  #made(segment: Segment, slot: Slot, of: string): MadeSegment | undefined {
    const keys = segment.hasVariables ? this.#keysOf(segment) : ''
    for (const made of slot.made) {
      if (made.segment === segment && made.class === of && made.keys === keys) return made
    }
    // What is asked for the first time is not worth keeping whole.
    this.#madeOf = null
    const made = this.#make(segment, slot, of, keys)
    if (made) slot.made = [...slot.made.slice(1 - MAX_MADE), made]
    return made
  }

  #keysOf({ pieces }: Segment): string {
    let keys = ''
    for (const piece of pieces) if (piece.kind === 'field') keys += piece.key(this.#variables)
    return keys
  }

  #make(segment: Segment, { id, entries }: Slot, of: string, keys: string): MadeSegment | undefined {
    const entry = entries.get(of)
    if (!entry || entry.absentUntil > 0) return undefined
    const writer = new FragmentWriter()
    let freshUntil = Infinity
    let storedAt = Infinity
    for (const piece of segment.pieces) {
      writer.text(piece.text)
      if (piece.kind === 'key') {
        writer.text(quoted(id))
        continue
      }
      const field = entry.fields.get(piece.key(this.#variables))
      if (!field || !writer.value(piece.shape, JSON.parse(field.text), piece.path, piece.nodes))
        return undefined
      freshUntil = Math.min(freshUntil, field.freshUntil)
      storedAt = Math.min(storedAt, field.storedAt)
    }
    writer.text(segment.end)
    return { segment, class: of, keys, fragment: writer.end(), freshUntil, storedAt }
  }
}

/** Of one entity; an operation that is not among the last ones makes its own anew. */
const MAX_MADE = 4
