import type { CacheCounters } from '../cache-counters.ts'
import { readOf, type AskEntities, type EntityRead, type EntityWant } from '../entity-read.ts'
import type { EntitySpace } from '../near/entity-space.ts'
import type { NearCache, NearToken } from '../near/near-cache.ts'
import { Flights, type Flight } from './flights.ts'
import type { NearFills } from './near-fills.ts'
import type { SharedReads, SharedResult } from './shared-reads.ts'

export interface MissingReadsOptions {
  near: NearCache
  fills: NearFills
  /** Null where nothing is shared. */
  shared: SharedReads | null
  counters: CacheCounters
}

/**
 * Reads what this process does not keep: from what processes share, then from the subgraph; one read for all who want
 * the same at the same time.
 */
export class MissingReads {
  readonly #options: MissingReadsOptions
  readonly #flights = new Flights<EntityRead>()

  constructor(options: MissingReadsOptions) {
    this.#options = options
  }

  /** One promise for each want, in their order. Those that nobody reads yet are read together. */
  read<Want extends EntityWant>(
    wants: readonly Want[],
    ask: AskEntities<Want>,
  ): readonly Promise<EntityRead>[] {
    const own: OpenFlight<Want>[] = []
    const token = this.#options.near.token()
    const reads = wants.map((want) => {
      const joined = this.#flights.find(nameOf(want), flightKey(want))
      if (joined) this.#options.counters.joined++
      const flight = joined ?? this.#flights.begin(nameOf(want), flightKey(want), token)
      if (!joined) own.push({ want, flight, shared: null })
      return this.#follow(want, flight, joined === undefined, ask)
    })
    if (own.length > 0) void this.#fly(own, ask, { isBehind: false })
    return reads
  }

  /** Reads it from the subgraph behind the request that it was answered to. */
  refresh<Want extends EntityWant>(want: Want, ask: AskEntities<Want>): void {
    if (this.#flights.find(nameOf(want), flightKey(want))) return
    const token = this.#options.near.token()
    const flight = this.#flights.begin(nameOf(want), flightKey(want), token)
    flight.answer.catch(() => undefined)
    void this.#fly([{ want, flight, shared: null }], ask, { isBehind: true, skipsStore: true })
  }

  /** From now on nobody joins a read of this entity. Of one whose id is not known it may be any read. */
  detach(space: EntitySpace, id: string): void {
    this.#flights.detach(space.prefix + id)
    this.#flights.detach(unknownIn(space))
  }

  detachAll(): void {
    this.#flights.detachAll()
  }

  /** What a flight brought, or an own read where that is too old for this want or failed for somebody else's reasons. */
  async #follow<Want extends EntityWant>(
    want: Want,
    flight: Flight<EntityRead>,
    isOwn: boolean,
    ask: AskEntities<Want>,
  ): Promise<EntityRead> {
    const { near } = this.#options
    let { token } = flight
    let read = await flight.answer.catch((error: unknown) => {
      if (isOwn) throw error
      return null
    })
    for (let tries = 0; (read === null || this.#isOlder(read, want, token)) && tries < MAX_TRIES; tries++) {
      token = near.token()
      const again = this.#flights.alone(token)
      void this.#fly([{ want, flight: again, shared: null }], ask, {
        isBehind: false,
        skipsStore: true,
      })
      read = await again.answer
    }
    if (read === null) throw new Error('an entity was not read')
    return this.#isOlder(read, want, token) && read.kind !== 'failed' ? { ...read, isStale: true } : read
  }

  /** Than what this process has been told by now. An absence has no version: it is as of when it was asked for. */
  #isOlder(read: EntityRead, { space, id }: EntityWant, token: NearToken): boolean {
    const { near } = this.#options
    if (!space.isFenced || read.kind === 'failed' || read.isStale) return false
    if (read.kind === 'found') return read.version < near.fenceOf(space, read.id)
    return id !== null && near.isToldSince(space, id, token)
  }

  /** Never rejects: each flight is told. */
  async #fly<Want extends EntityWant>(
    flights: readonly OpenFlight<Want>[],
    ask: AskEntities<Want>,
    { isBehind, skipsStore = false }: { isBehind: boolean; skipsStore?: boolean },
  ): Promise<void> {
    const { fills, shared, counters } = this.#options
    let open = flights
    try {
      if (shared) open = await this.#readShared(open, shared, skipsStore)
      if (open.length === 0) return
      counters.misses += open.length
      const answers = await ask(
        open.map(({ want }) => want),
        { isBehind },
      )
      for (const [index, { want, flight, shared: miss }] of open.entries()) {
        const answer = answers[index]
        if (!answer) throw new Error('a subgraph was asked for entities and told of fewer')
        const entry = fills.keep(want, answer, flight.token, miss?.fence ?? 0)
        const id = answer.kind === 'found' ? answer.id : want.id
        if (entry && id !== null && miss) void shared?.fill(want, id, entry, miss)
        flight.settle(readOf(answer))
      }
    } catch (error) {
      for (const { flight } of open) flight.fail(error)
    } finally {
      for (const { flight } of flights) this.#flights.end(flight)
    }
  }

  /** Settles those that processes share; the others go on to the subgraph, each with what a fill of it needs. */
  async #readShared<Want extends EntityWant>(
    flights: readonly OpenFlight<Want>[],
    shared: SharedReads,
    isFill: boolean,
  ): Promise<readonly OpenFlight<Want>[]> {
    const wants = flights.map(({ want }) => want)
    const tokens = flights.map(({ flight }) => flight.token)
    const results = await shared.read(wants, tokens, isFill)
    return flights.filter((open, index) => {
      open.shared = results[index] ?? null
      if (!open.shared?.read) return true
      open.flight.settle(open.shared.read)
      return false
    })
  }
}

const MAX_TRIES = 3

interface OpenFlight<Want extends EntityWant> {
  want: Want
  flight: Flight<EntityRead>
  /** What the level that processes share has said of it. */
  shared: SharedResult | null
}

/** Under what flights go together that one change detaches. */
function nameOf({ space, id }: EntityWant): string {
  return id === null ? unknownIn(space) : space.prefix + id
}

/** Of entities whose id is not known yet: each change of their type may be one of theirs. */
function unknownIn({ prefix }: EntitySpace): string {
  return `${prefix}\n`
}

function flightKey({ class: of, fields, alias }: EntityWant): string {
  let key = `${alias}\n${of}`
  for (const field of fields) key += `\n${field.key}`
  return key
}
