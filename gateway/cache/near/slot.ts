import type { KeptAnswer, MadeSegment } from '../hit/made.ts'
import type { EntitySpace } from './entity-space.ts'
import type { NearEntry } from './near-entry.ts'

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
  /** Under which it is found. */
  readonly name: string
  fence = 0
  /** By authorization class. */
  entries = new Map<string, NearEntry>()
  /** Fenced ones: for when the entity cannot be read, and always marked as stale. */
  aside = NOTHING_ASIDE
  aliases: string[] = []
  /** What operations have made of the entries, as these are now. */
  made = NOTHING_MADE
  /** Whole answers of operations that begin with this entity. */
  answers = NO_ANSWERS
  /** The same entity as other subgraphs know it, where it was found the last time. */
  readonly related: Slot[] = []

  constructor(space: EntitySpace, id: string, name: string, partition: number, knownSince: number) {
    this.space = space
    this.id = id
    this.name = name
    this.partition = partition
    this.knownSince = knownSince
  }

  /** After its entries have changed: nothing that was made of them holds. */
  changed(): void {
    this.made = NOTHING_MADE
    this.answers = NO_ANSWERS
    this.changes++
  }

  get bytes(): number {
    let bytes = SLOT_BYTES + this.name.length
    for (const entry of this.entries.values()) bytes += entry.bytes
    for (const entry of this.aside.values()) bytes += entry.bytes
    for (const { text } of this.answers) bytes += ANSWER_BYTES + text.length
    for (const alias of this.aliases) bytes += ALIAS_BYTES + alias.length
    return bytes
  }
}

/** What decides on what gives way is told of one use in so many: telling it costs more than the use. */
export const USES_BEFORE_TOUCH = 8

export const NOTHING_ASIDE: ReadonlyMap<string, NearEntry> = new Map()
const NO_ANSWERS: readonly KeptAnswer[] = []
const NOTHING_MADE: readonly MadeSegment[] = []
const SLOT_BYTES = 480
const ANSWER_BYTES = 1_000
const ALIAS_BYTES = 120
