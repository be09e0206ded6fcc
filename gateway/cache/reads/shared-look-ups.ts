import { createHash } from 'node:crypto'
import type { CacheRead, EntityCacheStore } from '../../../stream/ports.ts'
import type { EntityWant } from '../entity-read.ts'
import type { NearEntry } from '../near/near-entry.ts'
import type { SharedLevelOptions } from './shared-level.ts'

/** Where a look-up leads, as processes share it, with what a fill of it needs. */
export interface SharedLookUp {
  /** Null where it is not known. */
  id: string | null
  /**
   * It leads there as long as the entity has this version: what moves a look-up changes both entities. Null where that
   * was not seen yet, and the id is good for nothing but a token.
   */
  version: number | null
  token: string | null
}

/**
 * Where look-ups lead, for all processes. That a look-up leads to an entity is told with the version at which it was seen,
 * under the entity's own token; it holds while the entity is shared at that very version. So no change has to know of it.
 */
export class SharedLookUps {
  readonly #store: EntityCacheStore
  readonly #clock: () => number
  readonly #timeoutMs: number

  constructor({ store, clock, timeoutMs }: SharedLevelOptions) {
    this.#store = store
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** In the order of the wants; nothing for one whose id is known. */
  async find(wants: readonly EntityWant[]): Promise<(SharedLookUp | undefined)[]> {
    const found: (SharedLookUp | undefined)[] = []
    const sought = [...wants.entries()].filter(([, { id }]) => id === null)
    if (sought.length === 0) return found
    const results = await this.#store.read(
      sought.map(([, want]) => refOf(want)),
      { timeoutMs: this.#timeoutMs },
    )
    for (const [at, [index]] of sought.entries()) {
      const { entry = null, token = null } = results[at] ?? {}
      const text = entry?.fields[LEADS_TO]
      const led = text === undefined ? NOWHERE : (JSON.parse(text) as Pick<SharedLookUp, 'id' | 'version'>)
      const isFresh = entry !== null && entry.expiresAt > this.#clock()
      found[index] = { id: led.id, version: isFresh ? led.version : null, token }
    }
    return found
  }

  async fill(
    want: EntityWant,
    { id, version, token }: SharedLookUp,
    led: { id: string; version: number | null },
    { fields }: NearEntry,
  ): Promise<void> {
    const isKnown = led.id === id && (led.version === version || led.version === null)
    if (token === null || isKnown) return
    const { entity, class: of } = refOf(want)
    const held = [...fields.values()]
    const entry = {
      id: entity.id,
      version: 0,
      fields: { [LEADS_TO]: JSON.stringify(led) },
      storedAt: Math.min(...held.map(({ storedAt }) => storedAt)),
      expiresAt: Math.min(...held.map(({ freshUntil }) => freshUntil)),
    }
    await this.#store.fill([{ entity, class: of, token, entry }])
  }
}

const LEADS_TO = 'leads to'
const NOWHERE = { id: null, version: null }

/** A look-up has an entry of its own. It may be somebody's address, so only its hash is told. */
function refOf({ space, alias, class: of }: EntityWant): CacheRead {
  const id = createHash('sha256').update(alias).digest('base64url').slice(0, 24)
  return {
    entity: { subgraph: space.subgraph, type: `${space.typeName} by look-up`, id },
    class: of,
    fields: FIELDS,
  }
}

const FIELDS = [LEADS_TO]
