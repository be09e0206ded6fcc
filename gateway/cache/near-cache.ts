import { LRUCache } from 'lru-cache'
import type { NearEntry } from './near-entry.ts'
import type { MadeSegment } from './hit/hit-writer.ts'
import type { FeedPosition } from './feed-position.ts'

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

  constructor({ maxBytes, position }: { maxBytes: number; position: FeedPosition }) {
    this.#position = position
    this.#slots = new LRUCache<string, Slot>({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (slot, _name, reason) => {
        if (reason === 'evict') this.#evictions++
        slot.isKept = false
        if (reason !== 'set') this.#forgetAliases(slot)
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
    if (slot === undefined || !space.isFenced) return slot
    if (slot.knownSince >= this.#position.heldSince(slot.partition)) return slot
    this.#slots.delete(space.prefix + id)
    return undefined
  }

  /** Whether a slot that was found before still is what would be found. */
  isHeld(slot: Slot): boolean {
    if (!slot.isKept) return false
    if (slot.space.isFenced && slot.knownSince < this.#position.heldSince(slot.partition)) return false
    if (--slot.usesUntilTouched < 0) {
      slot.usesUntilTouched = USES_BEFORE_TOUCH
      this.#slots.get(slot.space.prefix + slot.id)
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

  evict(space: EntitySpace, id: string): void {
    this.#slots.delete(space.prefix + id)
  }

  clear(): void {
    this.#slots.clear()
    this.#absent.clear()
  }

  #createSlot(space: EntitySpace, id: string): Slot {
    const partition = space.isFenced ? this.#position.partitionOf(space.typeName, id) : 0
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

  /** The size of an item is only looked at when it is new. */
  #resize(slot: Slot): void {
    const name = slot.space.prefix + slot.id
    const { aliases } = slot
    slot.aliases = []
    this.#slots.delete(name)
    slot.aliases = aliases
    this.#slots.set(name, slot)
    slot.isKept = this.#slots.peek(name) === slot
    slot.made = NOTHING_MADE
    if (!slot.isKept) this.#forgetAliases(slot)
  }
}

const MAX_ABSENT = 10_000

/** Of one entity, lookups that are kept; each person has a handful of identities. */
const MAX_ALIASES = 16

/** Fence, values and look-ups of an entity: kept and lost together. */
export class Slot {
  readonly space: EntitySpace
  readonly id: string
  readonly partition: number
  readonly knownSince: number
  fence = 0
  /** By authorization class. */
  entries = new Map<string, NearEntry>()
  /** Fenced ones: for when the entity cannot be read, and always marked as stale. */
  aside = new Map<string, NearEntry>()
  aliases: string[] = []
  /** False once it has given way, or what it held may have changed untold. */
  isKept = true
  /** What operations have made of the entries, as these are now. */
  made = NOTHING_MADE
  /** The same entity as other subgraphs know it, where it was found the last time. */
  readonly related: Slot[] = []
  /** To be known as used to what decides on what gives way; that costs more than the use. */
  usesUntilTouched = USES_BEFORE_TOUCH

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
    for (const alias of this.aliases) bytes += ALIAS_BYTES + alias.length
    return bytes
  }
}

const USES_BEFORE_TOUCH = 8
const NOTHING_MADE: readonly MadeSegment[] = []
const SLOT_BYTES = 480
const ALIAS_BYTES = 120
