import type { CacheReadResult } from '../../../stream/ports.ts'
import type { CacheCounters } from '../cache-counters.ts'
import { ABSENT, type EntityRead, type EntityWant } from '../entity-read.ts'
import type { NearCache, NearToken } from '../near/near-cache.ts'
import type { NearEntry } from '../near/near-entry.ts'
import type { NearFills } from './near-fills.ts'
import { entityRefOf, nearEntryOf, type SharedLevel, type SharedRead } from './shared-level.ts'
import type { SharedLookUp, SharedLookUps } from './shared-look-ups.ts'

export interface SharedReadsOptions {
  near: NearCache
  fills: NearFills
  shared: SharedLevel
  lookUps: SharedLookUps
  counters: CacheCounters
  clock: () => number
}

/** What the level that processes share has of a want: the read itself, or what its fill needs. */
export interface SharedResult {
  read: EntityRead | null
  /** The entity that was asked for, by its id or by where its look-up leads; null where that is not known. */
  id: string | null
  token: string | null
  fence: number
  lookUp: SharedLookUp | null
}

/** Reads entities from the level that processes share, and fills it with what a subgraph said of them instead. */
export class SharedReads {
  readonly #options: SharedReadsOptions

  constructor(options: SharedReadsOptions) {
    this.#options = options
  }

  /** In the order of the wants. `tokens`: of the near cache, from before. `isFill`: only what a fill needs is wanted. */
  async read(
    wants: readonly EntityWant[],
    tokens: readonly NearToken[],
    isFill: boolean,
  ): Promise<SharedResult[]> {
    const { shared, lookUps } = this.#options
    const found = await lookUps.find(wants)
    const results = wants.map((want, index): SharedResult => {
      const lookUp = found[index] ?? null
      return { read: null, id: want.id ?? lookUp?.id ?? null, token: null, fence: 0, lookUp }
    })
    const reads = results.flatMap(({ id }, index) => {
      const { space, class: of, fields } = wants[index] as EntityWant
      if (id === null) return []
      const entity = entityRefOf(space, id)
      return [{ index, space, entity, class: of, fields: fields.map(({ key }) => key) }]
    })
    if (reads.length === 0) return results
    for (const [at, answer] of (await shared.read(reads)).entries()) {
      const read = reads[at] as (typeof reads)[number]
      const result = results[read.index] as SharedResult
      result.token = answer.token
      result.fence = answer.fence
      if (isFill) continue
      const want = wants[read.index] as EntityWant
      result.read = this.#take(answer, read, want, result, tokens[read.index] as NearToken)
    }
    return results
  }

  /** Keeps for all processes what a subgraph said; where a look-up leads, only once it was seen with the entity's own token. */
  async fill(
    want: EntityWant,
    id: string,
    entry: NearEntry,
    { id: asked, token, lookUp }: SharedResult,
  ): Promise<void> {
    const { shared, lookUps } = this.#options
    const isKept = id === asked && token !== null && (await shared.fill(want, id, entry, token))
    if (lookUp) await lookUps.fill(want, lookUp, { id, version: isKept ? entry.version : null }, entry)
  }

  #take(
    { entry: held }: CacheReadResult,
    read: SharedRead,
    want: EntityWant,
    { lookUp }: SharedResult,
    token: NearToken,
  ): EntityRead | null {
    const { near, clock, counters, fills } = this.#options
    const { space, class: of, fields: keys } = read
    const { id } = read.entity
    const entry = held && nearEntryOf(held, read, near.fenceOf(space, id), clock())
    if (!entry) return null
    // At another version its look-ups may be others.
    if (lookUp && (lookUp.version !== entry.version || entry.absentUntil > 0)) return null
    counters.hits.store++
    fills.fill(space, id, { class: of, entry, token, ...(lookUp && { alias: want.alias }) })
    if (entry.absentUntil > 0) return ABSENT
    const values = keys.map((key): unknown => JSON.parse(entry.fields.get(key)?.text ?? 'null'))
    return { kind: 'found', id, version: entry.version, values, isStale: false }
  }
}
