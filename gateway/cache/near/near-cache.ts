import { NO_PARTITION, type FeedPosition } from '../feed/feed-position.ts'
import type { KeptAnswer } from '../hit/made.ts'
import type { EntitySpace } from './entity-space.ts'
import { LookUps, type Absence } from './look-ups.ts'
import type { NearEntry } from './near-entry.ts'
import { SlotLru } from './slot-lru.ts'
import { NOTHING_ASIDE, Slot, USES_BEFORE_TOUCH } from './slot.ts'

/** Given with a miss and needed for a fill: the place in what this process was told at which the miss was. */
export type NearToken = number

/** Why nothing was kept: there was no position in the feed, the entity was told changed since, or it is older than its fence. */
export type FillRefusal = 'position' | 'changed' | 'fence'

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
  readonly #slots: SlotLru
  readonly #lookUps = new LookUps()
  readonly #position: FeedPosition

  constructor({ maxBytes, position }: { maxBytes: number; position: FeedPosition }) {
    this.#position = position
    this.#slots = new SlotLru({ maxBytes, onDrop: (slot) => this.#drop(slot) })
  }

  get counts(): NearCacheCounts {
    return this.#slots.counts
  }

  /** What is kept of an entity. */
  find(space: EntitySpace, id: string): Slot | undefined {
    return this.findNamed(nameOf(space, id))
  }

  /** The same for who has the entity's name already. */
  findNamed(name: string): Slot | undefined {
    const slot = this.#slots.get(name)
    if (slot === undefined || slot.knownSince >= this.#position.heldSince(slot.partition)) return slot
    this.#slots.delete(name)
    return undefined
  }

  /** Whether a slot that was found before still is what would be found. */
  isHeld(slot: Slot): boolean {
    if (!slot.isKept || slot.knownSince < this.#position.heldSince(slot.partition)) return false
    if (--slot.usesUntilTouched < 0) this.#slots.touch(slot)
    return true
  }

  /** Whether what was read a moment ago may still be answered, also where there was no room to keep it. */
  isCurrent(slot: Slot): boolean {
    if (slot.isKept) return this.isHeld(slot)
    const { space, id, knownSince } = slot
    return !space.isFenced || this.#position.check(space.typeName, id, knownSince) === 'held'
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
      for (const slot of madeOf) this.#slots.touch(slot)
    }
    return true
  }

  /** What is kept of the entity of this id, else of the one that the look-up has found. */
  resolve({ space, id, alias }: { space: EntitySpace; id: string | null; alias: string }): Slot | undefined {
    const slot = id === null ? undefined : this.find(space, id)
    if (slot) return slot
    const aliased = this.#lookUps.find(alias)
    return aliased && this.find(space, aliased.id) === aliased ? aliased : undefined
  }

  /** Whether a look-up found nobody a short time ago, and no entity of the type has been told changed since: that may be whom it finds. */
  isKnownAbsent({ space, alias }: { space: EntitySpace; alias: string }, now: number): boolean {
    const absence = this.#lookUps.absence(alias)
    if (absence === undefined || absence.until <= now) return false
    return !space.isFenced || this.#position.isQuiet(space.typeName, absence.token)
  }

  setAbsent(alias: string, absence: Absence): void {
    this.#lookUps.setAbsent(alias, absence)
  }

  /** Older than the fence is what may not be served; also of an entity of which nothing is kept. */
  fenceOf(space: EntitySpace, id: string): number {
    return this.find(space, id)?.fence ?? this.#toldFenceOf(space, id)
  }

  /** Whether it was told changed after the token was given. */
  isToldSince({ isFenced, typeName }: EntitySpace, id: string, token: NearToken): boolean {
    return isFenced && this.#position.isToldSince(typeName, id, token)
  }

  token(): NearToken {
    return this.#position.now
  }

  /** What is kept now of the entity; where there is no room for it, the slot that it would have been. */
  fill(
    space: EntitySpace,
    id: string,
    fill: { class: string; entry: NearEntry; token: NearToken; alias?: string },
    name = nameOf(space, id),
  ): Slot | FillRefusal {
    if (space.isFenced) {
      const outcome = this.#position.check(space.typeName, id, fill.token)
      if (outcome !== 'held') return outcome
    }
    const slot = this.findNamed(name) ?? this.#createSlot(space, id, name)
    if (fill.entry.version < slot.fence) return 'fence'
    const present = slot.entries.get(fill.class)
    const kept = present ? present.mergedWith(fill.entry) : fill.entry
    // At another version its look-ups may be others.
    if (present && present.version < kept.version) this.#lookUps.forget(slot)
    const isOfKept = kept.version === fill.entry.version
    slot.entries.set(fill.class, kept)
    if (slot.aside.has(fill.class)) slot.aside = without(slot.aside, fill.class)
    if (fill.alias !== undefined && isOfKept) this.#lookUps.set(fill.alias, slot)
    slot.changed()
    this.#slots.weigh(slot)
    return slot
  }

  /** Raises the fence and drops the values; they stay aside for when the entity cannot be read. */
  invalidate(space: EntitySpace, id: string, version: number): void {
    const slot = this.find(space, id)
    if (!slot) return
    slot.fence = Math.max(slot.fence, version)
    if (slot.entries.size > 0) slot.aside = slot.entries
    slot.entries = new Map()
    this.#lookUps.forget(slot)
    slot.changed()
    this.#slots.weigh(slot)
  }

  /** Nothing of it may stand in any more: values go, and those that were put aside. The fence stays. */
  forget(space: EntitySpace, id: string): void {
    const slot = this.find(space, id)
    if (!slot) return
    slot.entries = new Map()
    slot.aside = NOTHING_ASIDE
    slot.changed()
    this.#slots.weigh(slot)
  }

  /** An answer stays as long as all that it was made of. */
  keepAnswer(slot: Slot, answer: KeptAnswer): void {
    if (!slot.isKept) return
    slot.answers = [...slot.answers.slice(1 - MAX_ANSWERS), answer]
    this.#slots.weigh(slot)
  }

  evict(space: EntitySpace, id: string): void {
    this.#slots.delete(nameOf(space, id))
  }

  clear(): void {
    this.#slots.clear()
    this.#lookUps.clearAbsent()
  }

  #createSlot(space: EntitySpace, id: string, name: string): Slot {
    const partition = space.isFenced ? this.#position.partitionOf(space.typeName, id) : NO_PARTITION
    const slot = new Slot(space, id, name, partition, this.#position.now)
    slot.fence = this.#toldFenceOf(space, id)
    return slot
  }

  #toldFenceOf({ isFenced, typeName }: EntitySpace, id: string): number {
    return isFenced ? this.#position.fenceOf(typeName, id) : 0
  }

  #drop(slot: Slot): void {
    slot.isKept = false
    slot.changes++
    this.#lookUps.forget(slot)
  }
}

/** Of one entity, by operation and class. */
const MAX_ANSWERS = 2

/** Made and hashed for each look: who looks often has it made once. */
export function nameOf({ prefix }: EntitySpace, id: string): string {
  return prefix + id
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([each]) => each !== key))
}
