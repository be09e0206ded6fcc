import type { CachedEntry, ChangeFeed, EntityCacheStore } from '../../stream/ports.ts'
import { FeedPosition } from './feed-position.ts'
import type { KeptAnswer } from './hit/made.ts'
import type { FeedFollower } from './follow-feed.ts'
import { Flights, type Flight } from './flights.ts'
import { NearCache, type EntitySpace, type FillOutcome, type NearToken } from './near-cache.ts'
import { NearEntry, NearField } from './near-entry.ts'
import type { CachePolicy } from './cache-rules.ts'
import { CacheCounters } from './cache-counters.ts'

/** An entity that a request needs some fields of. */
export interface EntityWant {
  space: EntitySpace
  /** Null where only the look-up by which it is found is known. */
  id: string | null
  /** That look-up, or the id as it was asked for: an entity may answer to another id than its own. */
  alias: string
  /** Who may see it, and in which shape: the class of authorization and the hash of the schema. */
  class: string
  fields: readonly { key: string; policy: CachePolicy }[]
}

/** What a subgraph says of an entity. Values are in the order of the wanted fields. */
export type EntityAnswered =
  | { kind: 'found'; id: string; version: number; expiresAt: number | null; values: readonly unknown[] }
  | { kind: 'absent' }
  /** Of which something is wrong: passed on as it is, and never kept. */
  | { kind: 'failed'; failure: unknown }

export type EntityRead =
  | { kind: 'found'; id: string; version: number; values: readonly unknown[]; isStale: boolean }
  | { kind: 'absent'; isStale: boolean }
  | { kind: 'failed'; failure: unknown }

/** Asks the subgraph, in one call. Behind a request: not bounded by its deadline, and not given up when its caller goes. */
export type AskEntities<Want extends EntityWant> = (
  wants: readonly Want[],
  options: { isBehind: boolean },
) => Promise<readonly EntityAnswered[]>

export interface EntityCacheOptions {
  /** Of the near cache. */
  maxBytes: number
  /** Without a feed, fenced types are kept for their time to live as all others are. */
  feed: ChangeFeed | null
  /** The level that processes share, with its own bound of time. */
  store: EntityCacheStore | null
  /** Epoch milliseconds. */
  clock: () => number
  /** How long it is known that there is no such entity. */
  negativeMs?: number
  /** How long an entity that may be answered stale is waited for first. */
  staleAfterMs?: number
  /** How long anything is fresh while the feed cannot be read. */
  lostFreshMs?: number
  /** How long what processes share is waited for, before the subgraph is asked. */
  storeTimeoutMs?: number
  /** One fresh answer in so many is compared with the subgraph; 0: none. */
  sampleOneIn?: number
}

/**
 * Reads entities through a cache: what this process keeps, then what processes share, then the subgraph; one read for all
 * who want the same at the same time. Nothing older than the fence of its entity is served as fresh, whatever it comes
 * from, and nothing is kept that may have changed since it was asked for.
 */
export class EntityCache implements FeedFollower {
  readonly counters = new CacheCounters()
  readonly near: NearCache
  readonly #position: FeedPosition
  readonly #feed: ChangeFeed | null
  readonly #store: EntityCacheStore | null
  readonly #clock: () => number
  readonly #negativeMs: number
  readonly #staleAfterMs: number
  readonly #lostFreshMs: number
  readonly #storeTimeoutMs: number
  readonly #sampleOneIn: number
  readonly #flights = new Flights<EntityRead>()
  readonly #spaces = new Map<string, EntitySpace>()
  #isLost = false
  #untilSample: number

  constructor(options: EntityCacheOptions) {
    const { feed, maxBytes } = options
    this.#feed = feed
    this.#store = options.store
    this.#clock = options.clock
    this.#negativeMs = options.negativeMs ?? 2_000
    this.#staleAfterMs = options.staleAfterMs ?? 50
    this.#lostFreshMs = options.lostFreshMs ?? 100
    this.#storeTimeoutMs = options.storeTimeoutMs ?? 20
    this.#sampleOneIn = options.sampleOneIn ?? 0
    this.#untilSample = this.#sampleOneIn
    this.#position = new FeedPosition({
      partitions: feed?.partitions ?? 1,
      partitionOf: (typeName, id) => feed?.partitionOf(typeName, id) ?? 0,
    })
    this.near = new NearCache({ maxBytes, position: this.#position })
  }

  /** The same object for the same type of the same subgraph. */
  space(subgraph: string, typeName: string, hasVersion: boolean): EntitySpace {
    const prefix = `${subgraph}\n${typeName}\n`
    const known = this.#spaces.get(prefix)
    if (known) return known
    const space = { subgraph, typeName, prefix, isFenced: hasVersion && this.#feed !== null }
    this.#spaces.set(prefix, space)
    return space
  }

  /** In the order of the wants. Rejects when the subgraph cannot be asked and nothing may stand in. */
  read<Want extends EntityWant>(
    wants: readonly Want[],
    ask: AskEntities<Want>,
    deadlineAt = Infinity,
  ): Promise<EntityRead[]> | EntityRead[] {
    const now = this.#clock()
    const reads: EntityRead[] = []
    const missing: number[] = []
    for (const [index, want] of wants.entries()) {
      const found = this.#readNear(want, now, ask)
      if (found) reads[index] = found
      else missing.push(index)
    }
    if (missing.length === 0) return reads
    return this.#readMissing(wants, missing, reads, ask, deadlineAt)
  }

  change(typeName: string, id: string, version: number): void {
    this.#position.change(typeName, id)
    for (const space of this.#spaces.values()) {
      if (!space.isFenced || space.typeName !== typeName) continue
      this.#flights.detach(space.prefix + id)
      this.#flights.detach(unknownIn(space))
      this.near.invalidate(space, id, version)
    }
  }

  hold(partition: number | 'all'): void {
    this.#position.hold(partition)
    this.#flights.detachAll()
  }

  lost(): void {
    this.#isLost = true
  }

  back(): void {
    this.#isLost = false
  }

  /** Whether a field may be answered as it is. */
  isFresh(field: { freshUntil: number; storedAt: number }, space: EntitySpace, now: number): boolean {
    if (field.freshUntil <= now) return false
    return !this.#isLost || !space.isFenced || field.storedAt + this.#lostFreshMs > now
  }

  /** Whether all that an answer was made of is as it was, and may be answered. */
  isHeld(answer: KeptAnswer, now: number): boolean {
    if (answer.freshUntil <= now || (this.#isLost && answer.storedAt + this.#lostFreshMs <= now)) return false
    return this.near.isWhole(answer)
  }

  get now(): number {
    return this.#clock()
  }

  /** Counts hits that another has found; false when one of them is to be compared, which its finder leaves to `read`. */
  takeHits(hits: number): boolean {
    if (this.#sampleOneIn > 0 && this.#untilSample <= hits) {
      this.#untilSample = 1
      return false
    }
    this.#untilSample -= hits
    this.counters.hits.near += hits
    return true
  }

  /** Whether this hit is one that is to be compared with the subgraph. */
  isSampled(): boolean {
    if (this.#sampleOneIn === 0 || --this.#untilSample > 0) return false
    this.#untilSample = this.#sampleOneIn
    return true
  }

  #readNear<Want extends EntityWant>(want: Want, now: number, ask: AskEntities<Want>): EntityRead | null {
    const slot = this.near.resolve(want)
    const entry = slot?.entries.get(want.class)
    if (!slot || !entry) {
      if (want.id !== null || !this.near.isKnownAbsent(want.alias, now)) return null
      this.counters.hits.near++
      return ABSENT
    }
    if (entry.absentUntil > 0) {
      if (entry.absentUntil <= now) return null
      this.counters.hits.near++
      return ABSENT
    }
    let isStale = false
    const values: unknown[] = []
    for (const { key, policy } of want.fields) {
      const field = entry.fields.get(key)
      if (!field) return null
      if (!this.isFresh(field, want.space, now)) {
        if (this.#isLost || field.freshUntil + policy.revalidateMs <= now) return null
        isStale = true
      }
      values.push(JSON.parse(field.text))
    }
    this.counters.hits.near++
    if (isStale) {
      this.counters.stale.revalidating++
      this.#refresh(want, ask)
    } else if (want.space.isFenced && this.isSampled()) {
      void this.#compare(want, entry, ask)
    }
    return { kind: 'found', id: slot.id, version: entry.version, values, isStale }
  }

  async #readMissing<Want extends EntityWant>(
    wants: readonly Want[],
    missing: readonly number[],
    reads: EntityRead[],
    ask: AskEntities<Want>,
    deadlineAt: number,
  ): Promise<EntityRead[]> {
    const own: OpenFlight<Want>[] = []
    const following = missing.map((index) => {
      const want = wants[index] as Want
      const joined = this.#flights.find(nameOf(want), flightKey(want))
      if (joined) this.counters.joined++
      const flight = joined ?? this.#flights.begin(nameOf(want), flightKey(want))
      if (!joined) own.push({ want, flight, storeToken: null })
      return async () => {
        const reading = this.#follow(want, flight, joined === undefined, ask)
        reads[index] = await this.#orStale(want, reading, deadlineAt)
      }
    })
    if (own.length > 0) void this.#fly(own, ask, { isBehind: false })
    await Promise.all(following.map((follow) => follow()))
    return reads
  }

  /** What a flight brought, or an own read where that is too old for this want or failed for somebody else's reasons. */
  async #follow<Want extends EntityWant>(
    want: Want,
    flight: Flight<EntityRead>,
    isOwn: boolean,
    ask: AskEntities<Want>,
  ): Promise<EntityRead> {
    let read = await flight.answer.catch((error: unknown) => {
      if (isOwn) throw error
      return null
    })
    for (let tries = 0; (read === null || this.#isOlder(read, want)) && tries < MAX_TRIES; tries++) {
      const again = this.#flights.alone()
      void this.#fly([{ want, flight: again, storeToken: null }], ask, { isBehind: false, skipsStore: true })
      read = await again.answer
    }
    if (read === null) throw new Error('an entity was not read')
    return this.#isOlder(read, want) && read.kind !== 'failed' ? { ...read, isStale: true } : read
  }

  #isOlder(read: EntityRead, { space }: EntityWant): boolean {
    if (!space.isFenced || read.kind !== 'found' || read.isStale) return false
    return read.version < this.near.fenceOf(space, read.id)
  }

  /** What is kept may stand in when the entity cannot be read, or not soon: always marked as stale. */
  async #orStale(want: EntityWant, reading: Promise<EntityRead>, deadlineAt: number): Promise<EntityRead> {
    const held = this.#staleOf(want)
    if (!held) return reading
    const waitMs = Math.max(1, Math.min(this.#staleAfterMs, deadlineAt - performance.now() - 2))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, waitMs, null)))
    const read = await Promise.race([reading, late]).catch(() => null)
    clearTimeout(timer)
    reading.catch(() => undefined)
    if (read && read.kind !== 'failed') return read
    this.counters.stale.error++
    return held
  }

  #staleOf(want: EntityWant): EntityRead | null {
    const slot = this.near.resolve(want)
    const entry = slot?.entries.get(want.class) ?? slot?.aside.get(want.class)
    if (!slot || !entry || entry.absentUntil > 0) return null
    const now = this.#clock()
    const values: unknown[] = []
    for (const { key, policy } of want.fields) {
      const field = entry.fields.get(key)
      if (!field || policy.ifErrorMs === 0 || field.freshUntil + policy.ifErrorMs <= now) return null
      values.push(JSON.parse(field.text))
    }
    return { kind: 'found', id: slot.id, version: entry.version, values, isStale: true }
  }

  #refresh<Want extends EntityWant>(want: Want, ask: AskEntities<Want>): void {
    if (this.#flights.find(nameOf(want), flightKey(want))) return
    const flight = this.#flights.begin(nameOf(want), flightKey(want))
    flight.answer.catch(() => undefined)
    void this.#fly([{ want, flight, storeToken: null }], ask, { isBehind: true, skipsStore: true })
  }

  /** Never rejects: each flight is told. */
  async #fly<Want extends EntityWant>(
    flights: readonly OpenFlight<Want>[],
    ask: AskEntities<Want>,
    { isBehind, skipsStore = false }: { isBehind: boolean; skipsStore?: boolean },
  ): Promise<void> {
    const token = this.near.token()
    let open = flights
    try {
      if (this.#store) open = await this.#readStore(open, this.#store, token, skipsStore)
      if (open.length === 0) return
      this.counters.misses += open.length
      const answers = await ask(
        open.map(({ want }) => want),
        { isBehind },
      )
      for (const [index, { want, flight, storeToken }] of open.entries()) {
        const answer = answers[index]
        if (!answer) throw new Error('a subgraph was asked for entities and told of fewer')
        this.#keep(want, answer, token, storeToken)
        flight.settle(readOf(answer))
      }
    } catch (error) {
      for (const { flight } of open) flight.fail(error)
    } finally {
      for (const { flight } of flights) this.#flights.end(flight)
    }
  }

  /** Settles those that processes share; the others go on to the subgraph, each with the token of its miss. */
  async #readStore<Want extends EntityWant>(
    flights: readonly OpenFlight<Want>[],
    store: EntityCacheStore,
    token: NearToken,
    skipsStore: boolean,
  ): Promise<readonly OpenFlight<Want>[]> {
    const known = flights.flatMap((open) => (open.want.id === null ? [] : [{ open, id: open.want.id }]))
    if (known.length === 0) return flights
    const results = await store.read(
      known.map(({ open: { want }, id }) => ({
        entity: { subgraph: want.space.subgraph, type: want.space.typeName, id },
        class: want.class,
        fields: want.fields.map(({ key }) => key),
      })),
      { timeoutMs: this.#storeTimeoutMs },
    )
    const settled = new Set<OpenFlight<Want>>()
    for (const [index, { open, id }] of known.entries()) {
      const result = results[index]
      open.storeToken = result?.token ?? null
      if (!skipsStore && result?.entry && this.#settleFrom(result.entry, open, id, token)) settled.add(open)
    }
    return flights.filter((open) => !settled.has(open))
  }

  /** False for what may not be served: of another entity, not fresh, not whole, or older than it must be. */
  #settleFrom(
    entry: CachedEntry,
    { want, flight }: OpenFlight<EntityWant>,
    id: string,
    token: NearToken,
  ): boolean {
    const now = this.#clock()
    if (entry.id !== id || entry.expiresAt <= now) return false
    if (want.space.isFenced && entry.version < this.near.fenceOf(want.space, id)) return false
    const fields = new Map<string, NearField>()
    const values: unknown[] = []
    for (const { key } of want.fields) {
      const text = entry.fields[key]
      if (text === undefined) return false
      fields.set(key, new NearField(text, now, entry.expiresAt))
      values.push(JSON.parse(text))
    }
    this.counters.hits.store++
    const near = new NearEntry(entry.version, fields)
    this.#count(this.near.fill(want.space, id, { class: want.class, entry: near, token }))
    flight.settle({ kind: 'found', id, version: entry.version, values, isStale: false })
    return true
  }

  /** Keeps what a subgraph said, where the rules allow it. */
  #keep(want: EntityWant, answer: EntityAnswered, token: NearToken, storeToken: string | null): void {
    if (answer.kind === 'failed') return
    const now = this.#clock()
    const { space, id, class: of, alias } = want
    if (answer.kind === 'absent') {
      const until = now + Math.min(this.#negativeMs, ...want.fields.map(({ policy }) => policy.maxAgeMs))
      if (id === null) this.near.setAbsent(alias, until)
      else
        this.#count(
          this.near.fill(space, id, { class: of, entry: new NearEntry(0, NO_FIELDS, until), token }),
        )
      return
    }
    const fields = fieldsOf(want, answer, now)
    if (!fields) return
    const entry = new NearEntry(answer.version, fields)
    const isAlias = answer.id !== id
    this.#count(this.near.fill(space, answer.id, { class: of, entry, token, ...(isAlias ? { alias } : {}) }))
    if (this.#store && storeToken !== null && !isAlias)
      void this.#fillStore(want, answer.id, entry, this.#store, storeToken)
  }

  #count(outcome: FillOutcome): void {
    this.counters.fills[outcome]++
  }

  async #fillStore(
    { space, class: of }: EntityWant,
    id: string,
    { version, fields }: NearEntry,
    store: EntityCacheStore,
    token: string,
  ): Promise<void> {
    const held = [...fields]
    const entry = {
      id,
      version,
      fields: Object.fromEntries(held.map(([key, { text }]) => [key, text])),
      storedAt: Math.min(...held.map(([, { storedAt }]) => storedAt)),
      expiresAt: Math.min(...held.map(([, { freshUntil }]) => freshUntil)),
    }
    const entity = { subgraph: space.subgraph, type: space.typeName, id }
    const [isFilled = false] = await store.fill([{ entity, class: of, token, entry }])
    if (isFilled) this.counters.storeFills.filled++
    else this.counters.storeFills.refused++
  }

  /** Whether what was just answered is what the store has; told by the counter alone. */
  async #compare<Want extends EntityWant>(
    want: Want,
    { version, fields }: NearEntry,
    ask: AskEntities<Want>,
  ): Promise<void> {
    this.counters.samples++
    const [answer] = await ask([want], { isBehind: true }).catch(() => [])
    if (answer?.kind !== 'found') return
    if (answer.version > version) {
      // The feed may be about to tell it. Whatever is kept after it should have is wrong.
      setTimeout(() => this.#compareLater(want, answer.id, answer.version), SAMPLE_GRACE_MS).unref()
      return
    }
    const isSame = want.fields.every(
      ({ key }, index) => fields.get(key)?.text === JSON.stringify(answer.values[index] ?? null),
    )
    const isComparable = answer.version === version && (answer.expiresAt ?? Infinity) > this.#clock()
    if (isComparable && !isSame) this.counters.inconsistencies++
  }

  #compareLater({ space, class: of }: EntityWant, id: string, version: number): void {
    const entry = this.near.find(space, id)?.entries.get(of)
    if (entry && entry.version < version) this.counters.inconsistencies++
  }
}

const MAX_TRIES = 3
const SAMPLE_GRACE_MS = 2_000

const ABSENT: EntityRead = { kind: 'absent', isStale: false }
const NO_FIELDS: ReadonlyMap<string, NearField> = new Map()

interface OpenFlight<Want extends EntityWant> {
  want: Want
  flight: Flight<EntityRead>
  /** Given by the level that processes share. */
  storeToken: string | null
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

function readOf(answer: EntityAnswered): EntityRead {
  if (answer.kind === 'found') {
    const { id, version, values } = answer
    return { kind: 'found', id, version, values, isStale: false }
  }
  return answer.kind === 'absent' ? ABSENT : answer
}

/** Null when some of it may not be kept at all. */
function fieldsOf(
  { fields }: EntityWant,
  { values, expiresAt }: EntityAnswered & { kind: 'found' },
  now: number,
): Map<string, NearField> | null {
  const kept = new Map<string, NearField>()
  for (const [index, { key, policy }] of fields.entries()) {
    const freshUntil = Math.min(now + policy.maxAgeMs, expiresAt ?? Infinity)
    if (freshUntil <= now) return null
    kept.set(key, new NearField(JSON.stringify(values[index] ?? null), now, freshUntil))
  }
  return kept
}
