import type { EntitySpace } from '../near/entity-space.ts'
import type { Slot } from '../near/slot.ts'
import { nameOf } from '../near/near-cache.ts'
import { entityRefOf } from '../reads/shared-level.ts'
import type { NamedRead, SharedLoads } from '../reads/shared-loads.ts'
import type { Segment } from './entity-node.ts'

/**
 * What an answer lacks to be written from what is kept, round after round: an entity tells which others it leads to. What
 * processes share of it is loaded, and held for this answer, since it may have given way before all is there.
 */
export class HitMisses {
  /** Entities that were loaded. */
  loaded = 0
  readonly #loads: SharedLoads
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #entities = new Map<string, MissingEntity>()
  /** Of this round. */
  #wanted: MissingEntity[] = []

  constructor(loads: SharedLoads, variables: Readonly<Record<string, unknown>>) {
    this.#loads = loads
    this.#variables = variables
  }

  find(name: string): Slot | undefined {
    return this.#entities.get(name)?.slot
  }

  /** False for what was asked for already and is lacking all the same: no other round will bring it. */
  add(space: EntitySpace, id: string, of: string, segment: Segment): boolean {
    const name = nameOf(space, id)
    const keys = segment.plainKeys ?? segment.keys.map((key) => key(this.#variables))
    const known = this.#entities.get(name)
    if (!known) {
      const entity = {
        space,
        entity: entityRefOf(space, id),
        name,
        class: of,
        fields: keys,
        isWanted: true,
        slot: undefined,
      }
      this.#entities.set(name, entity)
      this.#wanted.push(entity)
      return true
    }
    if (known.class !== of) return false
    const lacking = keys.filter((key) => !known.fields.includes(key))
    if (!known.isWanted) {
      if (lacking.length === 0) return false
      known.isWanted = true
      this.#wanted.push(known)
    }
    // Where one selection holds the other, its own list serves both: a list that is known is cheaper to ask with.
    if (lacking.length > 0)
      known.fields =
        lacking.length + known.fields.length === keys.length ? keys : [...known.fields, ...lacking]
    return true
  }

  /** False when some of what is wanted is not shared. */
  async load(): Promise<boolean> {
    const wanted = this.#wanted
    this.#wanted = []
    if (wanted.length === 0) return false
    const slots = await this.#loads.load(wanted)
    if (!slots) return false
    this.loaded += slots.length
    for (let index = 0; index < wanted.length; index++) {
      const entity = wanted[index] as MissingEntity
      entity.slot = slots[index]
      entity.isWanted = false
    }
    return true
  }
}

interface MissingEntity extends NamedRead {
  fields: readonly string[]
  isWanted: boolean
  slot: Slot | undefined
}
