import { quoted } from '../../engine/json-text.ts'
import type { PrincipalClasses } from '../cache-classes.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { FieldKey } from '../fetches/field-key.ts'
import { nameOf } from '../near/near-cache.ts'
import type { Slot } from '../near/slot.ts'
import type { EntitySpace } from '../near/entity-space.ts'
import type { EntityNode, EntitySource, Segment } from './entity-node.ts'
import { FragmentWriter, type Template } from './fragment.ts'
import type { HitMisses } from './hit-misses.ts'
import type { KeptAnswer, MadeSegment } from './made.ts'

/**
 * What one request writes from what the process keeps. Undefined when anything is missing, not fresh, or not as it should
 * be; all that is missing is then told to `misses`, where there are any to be told.
 */
export class HitWriter {
  readonly now: number
  #hits = 0
  /** Of what has been written since it was begun; null when some of it was made anew. */
  #madeOf: Slot[] | null = null
  #freshUntil = Infinity
  #storedAt = Infinity
  readonly #cache: EntityCache
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #classes: PrincipalClasses
  readonly #misses: HitMisses | null

  constructor(
    cache: EntityCache,
    variables: Readonly<Record<string, unknown>>,
    classes: PrincipalClasses,
    misses: HitMisses | null,
  ) {
    this.#misses = misses
    this.now = cache.now
    this.#cache = cache
    this.#variables = variables
    this.#classes = classes
  }

  /** Without what was loaded for this answer. */
  get nearHits(): number {
    return Math.max(0, this.#hits - (this.#misses?.loaded ?? 0))
  }

  /** Whether what is missing may yet come: all of it is to be told, in one go. */
  get isLoading(): boolean {
    return this.#misses !== null
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
  answer(node: EntityNode, id: string, slot: Slot | undefined, key: string): string | undefined {
    for (const answer of slot?.answers ?? NO_ANSWERS) {
      if (answer.node !== node || answer.key !== key || !this.#cache.isHeld(answer, this.now)) continue
      this.#hits += answer.madeOf.length
      return answer.text
    }
    this.#madeOf = []
    this.#freshUntil = Infinity
    this.#storedAt = Infinity
    const text = this.entity(node, id, slot)
    const madeOf = this.#madeOf as Slot[] | null
    if (text === undefined || !madeOf || !slot) return text
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
  entity(node: EntityNode, id: string, slot: Slot | undefined): string | undefined {
    const { sources, segments } = node
    let text: string | undefined = ''
    for (let index = 0; index < segments.length; index++) {
      const segment = segments[index] as Segment
      const source = sources[segment.source] as EntitySource
      const own = segment.source === 0 ? slot : this.#related(slot, id, source, segment.source)
      const made = own && this.#made(segment, own, this.classOf(source.isPrivate))
      let written: string | undefined
      if (made && this.#cache.isFresh(made, source.space, this.now)) {
        written = this.#take(own, made)
        if (written === undefined && !this.#misses) return undefined
      } else if (!this.#misses?.add(source.space, id, this.classOf(source.isPrivate), segment)) {
        return undefined
      }
      text = text === undefined || written === undefined ? undefined : text + written
    }
    return text
  }

  /** What is kept of an entity, or was loaded for this answer. */
  find(space: EntitySpace, id: string): Slot | undefined {
    const { near } = this.#cache
    const name = nameOf(space, id)
    const kept = near.findNamed(name)
    if (kept || !this.#misses) return kept
    const loaded = this.#misses.find(name)
    return loaded && near.isCurrent(loaded) ? loaded : undefined
  }

  #take(slot: Slot, { fragment, freshUntil, storedAt }: MadeSegment): string | undefined {
    this.#hits++
    // Of what is not kept nobody hears when it changes.
    if (slot.isKept) this.#madeOf?.push(slot)
    else this.#madeOf = null
    this.#freshUntil = Math.min(this.#freshUntil, freshUntil)
    this.#storedAt = Math.min(this.#storedAt, storedAt)
    return typeof fragment === 'string' ? fragment : this.#template(fragment)
  }

  /** The same entity as another subgraph knows it. */
  #related(slot: Slot | undefined, id: string, { space }: EntitySource, source: number): Slot | undefined {
    const known = slot?.related[source]
    if (known && known.space === space && this.#cache.near.isHeld(known)) return known
    const found = this.find(space, id)
    if (found?.isKept && slot) slot.related[source] = found
    return found
  }

  #template({ texts, entities }: Template): string | undefined {
    let text = texts[0]
    for (let index = 0; index < entities.length; index++) {
      const reference = entities[index] as Template['entities'][number]
      const { node, id } = reference
      let { slot } = reference
      if (!slot || !this.#cache.near.isHeld(slot)) {
        const space = node.sources[0]?.space
        reference.slot = slot = space && this.find(space, id)
      }
      const written = this.entity(node, id, slot)
      if (written === undefined && !this.#misses) return undefined
      if (text !== undefined)
        text = written === undefined ? undefined : text + written + (texts[index + 1] as string)
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
    if (made) slot.made = slot.made.length === 0 ? [made] : [...slot.made.slice(1 - MAX_MADE), made]
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
      if (!field || !writer.field(piece.shape, field.text, piece.path, piece.nodes)) return undefined
      freshUntil = Math.min(freshUntil, field.freshUntil)
      storedAt = Math.min(storedAt, field.storedAt)
    }
    writer.text(segment.end)
    return { segment, class: of, keys, fragment: writer.end(), freshUntil, storedAt }
  }
}

/** Of one entity; an operation that is not among the last ones makes its own anew. */
const MAX_MADE = 4

const NO_ANSWERS: readonly KeptAnswer[] = []
