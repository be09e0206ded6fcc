import { LRUCache } from 'lru-cache'
import type { NearEntry } from './near-entry.ts'
import type { KeptAnswer, MadeSegment } from './hit/made.ts'
import { NO_PARTITION, type FeedPosition } from './feed-position.ts'

/** Entities of one type as one subgraph knows them. */
export interface EntitySpace {
  subgraph: string
  typeName: string
  /** With which the names of its entities begin. */
  prefix: string
  /** Whether the change feed tells their changes. */
  isFenced: boolean
}

/** Given with a miss and needed for a fill: the place in what this process was told at which the miss was. */
export type NearToken = number

export type FillOutcome = 'filled' | 'position' | 'changed' | 'fence'

export interface NearCacheCounts {
  evictions: number
  entities: number
  bytes: number
}

/**
 * What this process keeps, by entity, within a bound of bytes; what was used longest ago goes first. Of fenced types
 * nothing is kept that may be older than what the feed has told: a fill is refused when its entity has been told changed
 * since the miss, when that is not known any more, and when it is older than the fence.
 */
export class NearCache {
  readonly #slots: LRUCache<string, Slot>
  /** By look-up; held in the slot of the entity and dropped with its values: a key that moves changes both entities. */
  readonly #aliases = new Map<string, Slot>()
  readonly #absent = new LRUCache<string, number>({ max: MAX_ABSENT })
  readonly #position: FeedPosition
  #evictions = 0
  /** The one that is taken out to be put in again. */
  #weighed: Slot | null = null

  constructor({ maxBytes, position }: { maxBytes: number; position: FeedPosition }) {
    this.#position = position
    this.#slots = new LRUCache<string, Slot>({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (slot, _name, reason) => {
        if (reason === 'evict') this.#evictions++
        if (slot !== this.#weighed) this.#drop(slot)
      },
    })
  }

  get counts(): NearCacheCounts {
    return {
      evictions: this.#evictions,
      entities: this.#slots.size,
      bytes: this.#slots.calculatedSize,
    }
  }

  /** What is kept of an entity. */
  find(space: EntitySpace, id: string): Slot | undefined {
    const slot = this.#slots.get(space.prefix + id)
    if (slot === undefined || slot.knownSince >= this.#position.heldSince(slot.partition)) return slot
    this.#slots.delete(space.prefix + id)
    return undefined
  }

  /** Whether a slot that was found before still is what would be found. */
  isHeld(slot: Slot): boolean {
    if (!slot.isKept || slot.knownSince < this.#position.heldSince(slot.partition)) return false
    if (--slot.usesUntilTouched < 0) this.#touch(slot)
    return true
  }

  /** Whether nothing has changed of what an answer was made of. It looks at each, so at as little of each as can be. */
  isWhole(answer: KeptAnswer): boolean {
    const { madeOf } = answer
    let changes = 0
    for (let index = 0; index < madeOf.length; index++) {
      const slot = madeOf[index] as Slot
      if (slot.knownSince < this.#position.heldSince(slot.partition)) return false
      changes += slot.changes
    }
    if (changes !== answer.changes) return false
    if (--answer.usesUntilTouched < 0) {
      answer.usesUntilTouched = USES_BEFORE_TOUCH
      for (const slot of madeOf) this.#touch(slot)
    }
    return true
  }

  /** What is kept of the entity of this id, else of the one that the look-up has found. */
  resolve({ space, id, alias }: { space: EntitySpace; id: string | null; alias: string }): Slot | undefined {
    const slot = id === null ? undefined : this.find(space, id)
    if (slot) return slot
    const aliased = this.#aliases.get(alias)
    return aliased && this.find(space, aliased.id) === aliased ? aliased : undefined
  }

  /** Whether a look-up found nobody, a short time ago. */
  isKnownAbsent(alias: string, now: number): boolean {
    const until = this.#absent.get(alias)
    return until !== undefined && until > now
  }

  setAbsent(alias: string, until: number): void {
    this.#absent.set(alias, until)
  }

  /** Older than the fence is what may not be served. */
  fenceOf(space: EntitySpace, id: string): number {
    return this.find(space, id)?.fence ?? 0
  }

  token(): NearToken {
    return this.#position.now
  }

  fill(
    space: EntitySpace,
    id: string,
    fill: { class: string; entry: NearEntry; token: NearToken; alias?: string },
  ): FillOutcome {
    if (space.isFenced) {
      const outcome = this.#position.check(space.typeName, id, fill.token)
      if (outcome !== 'held') return outcome
    }
    const slot = this.find(space, id) ?? this.#createSlot(space, id)
    if (fill.entry.version < slot.fence) return 'fence'
    const present = slot.entries.get(fill.class)
    slot.entries.set(fill.class, present ? present.mergedWith(fill.entry) : fill.entry)
    slot.aside.delete(fill.class)
    if (fill.alias !== undefined) this.#setAlias(fill.alias, slot)
    this.#resize(slot)
    return 'filled'
  }

  /** Raises the fence and drops the values; they stay aside for when the entity cannot be read. */
  invalidate(space: EntitySpace, id: string, version: number): void {
    const slot = this.find(space, id)
    if (!slot) return
    slot.fence = Math.max(slot.fence, version)
    if (slot.entries.size > 0) slot.aside = slot.entries
    slot.entries = new Map()
    this.#forgetAliases(slot)
    this.#resize(slot)
  }

  /** An answer stays as long as all that it was made of. */
  keepAnswer(slot: Slot, answer: KeptAnswer): void {
    if (!slot.isKept) return
    slot.answers = [...slot.answers.slice(1 - MAX_ANSWERS), answer]
    this.#weigh(slot)
  }

  evict(space: EntitySpace, id: string): void {
    this.#slots.delete(space.prefix + id)
  }

  clear(): void {
    this.#slots.clear()
    this.#absent.clear()
  }

  /** What decides on what gives way is told now and then: that costs more than the use. */
  #touch(slot: Slot): void {
    slot.usesUntilTouched = USES_BEFORE_TOUCH
    this.#slots.get(slot.space.prefix + slot.id)
  }

  #createSlot(space: EntitySpace, id: string): Slot {
    const partition = space.isFenced ? this.#position.partitionOf(space.typeName, id) : NO_PARTITION
    return new Slot(space, id, partition, this.#position.now)
  }

  #setAlias(alias: string, slot: Slot): void {
    if (slot.aliases.length >= MAX_ALIASES && !slot.aliases.includes(alias)) return
    const before = this.#aliases.get(alias)
    if (before === slot) return
    if (before) before.aliases = before.aliases.filter((other) => other !== alias)
    this.#aliases.set(alias, slot)
    slot.aliases.push(alias)
  }

  #forgetAliases(slot: Slot): void {
    for (const alias of slot.aliases) {
      if (this.#aliases.get(alias) === slot) this.#aliases.delete(alias)
    }
    slot.aliases = []
  }

  /** After its entries have changed. */
  #resize(slot: Slot): void {
    slot.made = NOTHING_MADE
    slot.answers = NO_ANSWERS
    slot.changes++
    this.#weigh(slot)
  }

  /** The size of an item is only looked at when it is new. */
  #weigh(slot: Slot): void {
    const name = slot.space.prefix + slot.id
    this.#weighed = slot
    this.#slots.delete(name)
    this.#weighed = null
    this.#slots.set(name, slot)
    if (this.#slots.peek(name) !== slot) this.#drop(slot)
  }

  #drop(slot: Slot): void {
    slot.isKept = false
    slot.changes++
    this.#forgetAliases(slot)
  }
}

/** Of one entity, by operation and class. */
const MAX_ANSWERS = 2
const MAX_ABSENT = 10_000

/** Of one entity, lookups that are kept; each person has a handful of identities. */
const MAX_ALIASES = 16

/** Fence, values and look-ups of an entity: kept and lost together. */
export class Slot {
  /** Rises whenever the entries are others, and when it has given way. */
  changes = 0
  readonly knownSince: number
  readonly partition: number
  /** False once it has given way, or what it held may have changed untold. */
  isKept = true
  usesUntilTouched = USES_BEFORE_TOUCH
  readonly space: EntitySpace
  readonly id: string
  fence = 0
  /** By authorization class. */
  entries = new Map<string, NearEntry>()
  /** Fenced ones: for when the entity cannot be read, and always marked as stale. */
  aside = new Map<string, NearEntry>()
  aliases: string[] = []
  /** What operations have made of the entries, as these are now. */
  made = NOTHING_MADE
  /** Whole answers of operations that begin with this entity. */
  answers = NO_ANSWERS
  /** The same entity as other subgraphs know it, where it was found the last time. */
  readonly related: Slot[] = []

  constructor(space: EntitySpace, id: string, partition: number, knownSince: number) {
    this.space = space
    this.id = id
    this.partition = partition
    this.knownSince = knownSince
  }

  get bytes(): number {
    let bytes = SLOT_BYTES + this.space.prefix.length + this.id.length
    for (const entry of this.entries.values()) bytes += entry.bytes
    for (const entry of this.aside.values()) bytes += entry.bytes
    for (const { text } of this.answers) bytes += ANSWER_BYTES + text.length
    for (const alias of this.aliases) bytes += ALIAS_BYTES + alias.length
    return bytes
  }
}

const USES_BEFORE_TOUCH = 8
const NO_ANSWERS: readonly KeptAnswer[] = []
const ANSWER_BYTES = 1_000
const NOTHING_MADE: readonly MadeSegment[] = []
const SLOT_BYTES = 480
const ALIAS_BYTES = 120
