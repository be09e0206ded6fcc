import type { Scheduler } from 'fast-check'
import type { Principal } from '../../core/access/principal.ts'
import { createCacheClasses } from '../../gateway/cache/cache-classes.ts'
import type { EntityRead, EntityWant } from '../../gateway/cache/entity-read.ts'
import { nameOf } from '../../gateway/cache/near/near-cache.ts'
import type { NearEntry } from '../../gateway/cache/near/near-entry.ts'
import { createMemoryEntityCache } from '../../stream/memory/entity-cache.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import type { Action } from './actions.ts'
import { checkRead } from './check-read.ts'
import { Documents } from './documents.ts'
import { expectSettled, type CalmWant } from './settled.ts'
import { CLASSES, IDS, KEYS } from './names.ts'
import { GatewayProcess, type BrokenProcess } from './process.ts'
import { Relays, SECOND_LOOK_MS, type BrokenRelay } from './relays.ts'
import { createSubgraph, type AskedWant, type BrokenSubgraph, type Subgraph } from './subgraph.ts'
import { FeedLog } from './told.ts'

const POLICY = { maxAgeMs: 300_000, isPrivate: false, revalidateMs: 60_000, ifErrorMs: 0 }

/** Rules that a world may leave out; each must be noticed. Others are left out of the code itself. */
export interface BrokenWorld extends BrokenProcess, BrokenRelay, BrokenSubgraph {
  readsReplicas?: boolean
  feedLeavesValues?: boolean
  sharesClasses?: boolean
  forgetsVersions?: boolean
  tellsOneOfTwo?: boolean
  forgetsDemands?: boolean
  demandsRaiseFences?: boolean
}

/** Two gateways, two relays and what they share, every step of which waits for the schedule. */
export class World {
  readonly documents: Documents
  readonly processes: GatewayProcess[]
  readonly #schedule: Scheduler
  readonly #broken: BrokenWorld
  readonly #now = { at: 1_000_000 }
  readonly #store: ReturnType<typeof createMemoryEntityCache>
  readonly #feed: ReturnType<typeof createMemoryFeed>
  readonly #log = new FeedLog()
  readonly #relays: Relays
  readonly #subgraph: Subgraph
  readonly #classes = createCacheClasses('')
  readonly #principals = CLASSES.map((name, i): Principal => ({
    kind: 'api-key',
    id: name,
    name,
    scopes: i === 0 ? ['read'] : ['read', 'admin'],
  }))
  #isStormy = true
  #violation: unknown = null

  constructor(scheduler: Scheduler, broken: BrokenWorld = {}) {
    this.#schedule = scheduler
    this.#broken = broken
    const surroundings = { step: this.#step, clock: this.#clock, broken }
    this.documents = new Documents(IDS, this.#clock, { forgetsVersions: broken.forgetsVersions ?? false })
    this.#store = createMemoryEntityCache({ clock: this.#clock, epochOf: () => this.#feed.epoch() })
    this.#feed = createMemoryFeed({
      partitions: 2,
      raiseFence: (change) => {
        const isNew = broken.feedLeavesValues === true || this.#store.raiseFence(change)
        const partition = this.#feed.partitionOf(change.entity, change.id)
        if (isNew) this.#log.add(partition, this.#feed.epoch(), change.id, change.version)
        return isNew
      },
    })
    this.#subgraph = createSubgraph(this.documents, {
      ...surroundings,
      lag: () => (broken.readsReplicas && this.#isStormy ? 1 : 0),
    })
    this.#relays = new Relays({ ...surroundings, documents: this.documents, feed: this.#feed })
    for (const [index, id] of IDS.entries()) this.documents.write(id, { keys: [KEYS[index] as string] })
    this.processes = IDS.map(() => this.#start())
  }

  /** Never rejects: what went wrong is told at the end. */
  perform(action: Action): void {
    const process = this.processes[action.process] as GatewayProcess
    const id = IDS[action.entity] as string
    switch (action.kind) {
      case 'read':
        return this.#inBackground(this.#request(process, action))
      case 'load':
        return this.#inBackground(this.#load(process, action))
      case 'write':
        return this.documents.write(id)
      case 'delete':
        return this.documents.write(id, { isAlive: false })
      case 'move':
        return this.documents.moveKey(KEYS[action.key] as string, id, {
          tellsBoth: this.#broken.tellsOneOfTwo !== true,
        })
      case 'relay':
        return this.#inBackground(this.#relays.run(action.process))
      case 'evict near':
        return process.cache.near.evict(spaceOf(process), id)
      case 'evict shared':
        return this.#store.evict({ subgraph: 'profiles', type: 'Profile', id })
      case 'flush':
        this.#store.clear()
        return this.#feed.reset()
      case 'failover':
        this.#relays.appendsToOldMaster = 2
        this.#store.clear()
        return this.#feed.reset()
      case 'miss':
        process.misses++
        return
      case 'cut':
        return this.#feed.cut()
      case 'mend':
        return this.#feed.mend()
      case 'restart':
        this.#inBackground(process.end())
        this.processes[action.process] = this.#start()
        return
      case 'later':
        this.#now.at += action.key === 0 ? SECOND_LOOK_MS : POLICY.maxAgeMs + 1_000
    }
  }

  /** The storm ends: all is told and read, and everybody must have what the documents have. */
  async settle(): Promise<void> {
    this.#isStormy = false
    this.#relays.appendsToOldMaster = 0
    this.#feed.mend()
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 2; i++) await this.#relays.run(i)
      this.#now.at += SECOND_LOOK_MS
      await turns()
    }
    if (!this.documents.isTold) throw new Error('the relay has not told everything')
    await expectSettled(this)
    for (const process of this.processes) await process.end()
    if (this.#violation !== null) throw this.#violation
  }

  get now(): number {
    return this.#now.at
  }

  pass(ms: number): void {
    this.#now.at += ms
  }

  /** A read when all is calm. */
  async readNow(process: GatewayProcess, { id, key, of, fields }: CalmWant): Promise<EntityRead | undefined> {
    await turns()
    const kept = this.#classOf(of, undefined) ?? of
    const want = this.#want(process, { id, alias: key, of, kept, fields })
    const [read] = await process.cache.read([want], (wants) => this.#subgraph.ask(wants))
    return read
  }

  #start(): GatewayProcess {
    const process = new GatewayProcess({
      feed: this.#feed,
      log: this.#log,
      store: this.#store,
      ids: IDS,
      step: this.#step,
      clock: this.#clock,
      broken: this.#broken,
    })
    this.#inBackground(process.follow())
    return process
  }

  async #request(process: GatewayProcess, action: Action): Promise<void> {
    const id = IDS[action.entity] as string
    const of = CLASSES[action.key] as string
    const alias = action.isByKey ? (KEYS[action.key] as string) : id
    const demanded = this.#demanded(id, action)
    const kept = this.#classOf(of, demanded === 0 ? undefined : [{ kind: 'version', id, version: demanded }])
    const want = this.#want(process, {
      id: action.isByKey ? null : id,
      alias,
      of,
      kept: kept ?? of,
      fields: action.fields,
    })
    if (demanded > 0 && this.#broken.demandsRaiseFences) process.cache.change('Profile', id, demanded)
    const key = action.isByKey ? alias : null
    const check = this.#begin(process, want, { key, demands: new Map([[id, demanded]]) })
    if (kept === null)
      return check(await this.#subgraph.askFor(want, { id, version: demanded }), { isFromCache: false })
    const [read] = await process.cache.read([want], (wants) => this.#subgraph.ask(wants))
    check(read, { isFromCache: true })
  }

  /** What the path of hits does before it writes. */
  async #load(process: GatewayProcess, { entity, key, fields }: Action): Promise<void> {
    const id = IDS[entity] as string
    const of = CLASSES[key] as string
    const kept = this.#classOf(of, undefined) ?? of
    const want = this.#want(process, { id, alias: id, of, kept, fields })
    const check = this.#begin(process, want, { key: null, demands: new Map() })
    const { space, class: own } = want
    const shared = { subgraph: space.subgraph, type: space.typeName, id }
    const slots = await process.cache.loads?.load([
      { space, entity: shared, name: nameOf(space, id), class: own, fields },
    ])
    const slot = slots?.[0]
    const entry = slot && process.cache.near.isCurrent(slot) ? slot.entries.get(want.class) : undefined
    const read = entry && readOfEntry(id, entry, fields)
    if (read) check(read, { isFromCache: true })
  }

  /** From now on time passes for a read: what it must show at least, and as of when. */
  #begin(
    { told }: GatewayProcess,
    want: AskedWant,
    { key, demands }: { key: string | null; demands: ReadonlyMap<string, number> },
  ) {
    const heard = new Map(told.heard)
    const begunAt = this.now
    const answered = this.#subgraph.asOf.length
    return (read: EntityRead | undefined, { isFromCache }: { isFromCache: boolean }): void =>
      checkRead({
        read,
        want,
        asked: { of: want.asked, key },
        bounds: [
          { versions: heard, why: 'was told' },
          { versions: demands, why: 'was demanded' },
          ...(isFromCache ? [{ versions: told.fences, why: 'was told meanwhile' }] : []),
        ],
        times: [...this.#subgraph.asOf.slice(answered), begunAt, this.now],
        documents: this.documents,
      })
  }

  #demanded(id: string, { demand }: Action): number {
    const { version } = this.documents.latest(id)
    return demand === 'nothing' ? 0 : demand === 'what is written' ? version : version + 10
  }

  #classOf(of: string, after: readonly { kind: 'version'; id: string; version: number }[] | undefined) {
    const principal = this.#principals[CLASSES.indexOf(of)] as Principal
    const demands = after && !this.#broken.forgetsDemands ? { after } : {}
    const kept = this.#classes.of({ principal, ...demands })?.shared ?? null
    return kept !== null && this.#broken.sharesClasses ? 'everybody' : kept
  }

  #want(
    process: GatewayProcess,
    asked: { id: string | null; alias: string; of: string; kept: string; fields: readonly string[] },
  ): AskedWant {
    const { id, alias, of, kept, fields } = asked
    return {
      space: spaceOf(process),
      id,
      alias: `${of} ${alias}`,
      class: kept,
      fields: fields.map((key) => ({ key, policy: POLICY })),
      asked: of,
    }
  }

  readonly #clock = (): number => this.#now.at

  readonly #step = async (label: string): Promise<void> => {
    if (this.#isStormy) await this.#schedule.schedule(Promise.resolve(), label)
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#violation ??= error))
  }
}

function spaceOf({ cache }: GatewayProcess): EntityWant['space'] {
  return cache.space('profiles', 'Profile', true)
}

/** Undefined where a field is lacking. */
function readOfEntry(
  id: string,
  { version, fields, absentUntil }: NearEntry,
  keys: readonly string[],
): EntityRead | undefined {
  if (absentUntil > 0) return { kind: 'absent', isStale: false }
  const texts = keys.flatMap((key) => fields.get(key)?.text ?? [])
  if (texts.length < keys.length) return undefined
  return {
    kind: 'found',
    id,
    version,
    values: texts.map((text): unknown => JSON.parse(text)),
    isStale: false,
  }
}

/** Until all that is ready has run: nothing waits for time. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
