import type { Scheduler } from 'fast-check'
import { EntityCache } from '../../gateway/cache/entity-cache.ts'
import type { EntityAnswered, EntityRead, EntityWant } from '../../gateway/cache/entity-read.ts'
import { followFeed } from '../../gateway/cache/feed/follow-feed.ts'
import { createRelay, type Relay } from '../../ingest/relay.ts'
import { silentLog } from '../../platform/log.ts'
import { createMemoryEntityCache } from '../../stream/memory/entity-cache.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import type { ChangeFeed, EntityCacheStore } from '../../stream/ports.ts'
import type { Action } from './actions.ts'
import { Documents } from './documents.ts'
import { checkRead, Violation } from './check-read.ts'

export const KEYS = ['mail', 'phone']
const IDS = ['x', 'y']
const CLASSES = ['a', 'b']
const POLICY = { maxAgeMs: 300_000, isPrivate: false, revalidateMs: 60_000, ifErrorMs: 0 }
const SECOND_LOOK_MS = 100

/** Rules that a world may leave out; each must be noticed. Others are left out of the code itself. */
export interface BrokenWorld {
  readsReplicas?: boolean
  readsTwice?: boolean
  keepsBeforePosition?: boolean
  feedLeavesValues?: boolean
  sharesClasses?: boolean
  forgetsVersions?: boolean
  looksOnce?: boolean
  trimsBeforeTelling?: boolean
  tellsOneOfTwo?: boolean
}

interface Process {
  cache: EntityCache
  /** The newest version of each that this process was told. */
  told: Map<string, number>
  following: AsyncDisposable | null
}

/** Two gateways, a relay and what they share, every step of which waits for the schedule. */
export class World {
  readonly documents: Documents
  readonly #schedule: Scheduler
  readonly #broken: BrokenWorld
  readonly #now = { at: 1_000_000 }
  readonly #store: ReturnType<typeof createMemoryEntityCache>
  readonly #feed: ReturnType<typeof createMemoryFeed>
  readonly #processes: Process[] = []
  readonly #relays: { relay: Relay; isBusy: boolean }[] = []
  #isStormy = true
  #appendsToOldMaster = 0
  #violation: unknown = null

  constructor(scheduler: Scheduler, broken: BrokenWorld = {}) {
    this.#schedule = scheduler
    this.#broken = broken
    this.documents = new Documents(IDS, { forgetsVersions: broken.forgetsVersions ?? false })
    const clock = (): number => this.#now.at
    this.#store = createMemoryEntityCache({ clock, epochOf: () => this.#feed.epoch() })
    this.#feed = createMemoryFeed({
      partitions: 2,
      raiseFence: (change) => broken.feedLeavesValues === true || this.#store.raiseFence(change),
    })
    for (const [index, id] of IDS.entries()) this.documents.write(id, { keys: [KEYS[index] as string] })
    for (const _ of IDS) this.#processes.push(this.#start())
    for (let i = 0; i < 2; i++) this.#relays.push({ relay: this.#createRelay(), isBusy: false })
  }

  /** Never rejects: what went wrong is told at the end. */
  perform(action: Action): void {
    const process = this.#processes[action.process] as Process
    const id = IDS[action.entity] as string
    switch (action.kind) {
      case 'read':
        return this.#inBackground(this.#request(process, action))
      case 'write':
        return this.documents.write(id)
      case 'delete':
        return this.documents.write(id, { isAlive: false })
      case 'move':
        return this.documents.moveKey(KEYS[action.key] as string, id, {
          tellsBoth: this.#broken.tellsOneOfTwo !== true,
        })
      case 'relay':
        return this.#inBackground(this.#runRelay(action.process))
      case 'evict near':
        return process.cache.near.evict(this.#space(process), id)
      case 'evict shared':
        return this.#store.evict({ subgraph: 'profiles', type: 'Profile', id })
      case 'flush':
        this.#store.clear()
        return this.#feed.reset()
      case 'failover':
        this.#appendsToOldMaster = 2
        this.#store.clear()
        return this.#feed.reset()
      case 'cut':
        return this.#feed.cut()
      case 'mend':
        return this.#feed.mend()
      case 'restart':
        this.#inBackground(Promise.resolve(process.following?.[Symbol.asyncDispose]()))
        this.#processes[action.process] = this.#start()
        return
      case 'later':
        this.#now.at += action.key === 0 ? SECOND_LOOK_MS : POLICY.maxAgeMs + 1_000
    }
  }

  /** The storm ends: all is told and read, and everybody must have what the documents have. */
  async settle(): Promise<void> {
    this.#isStormy = false
    this.#appendsToOldMaster = 0
    this.#feed.mend()
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < this.#relays.length; i++) await this.#runRelay(i)
      this.#now.at += SECOND_LOOK_MS
      await turns()
    }
    if (!this.documents.isTold) throw new Error('the relay has not told everything')
    await this.#expectAllLatest()
    // It is known for a short time that a look-up finds nobody.
    this.#now.at += 10_000
    for (const process of this.#processes) for (const key of KEYS) await this.#expectHolder(process, key)
    for (const process of this.#processes) process.cache.near.clear()
    await this.#expectAllLatest()
    for (const { following } of this.#processes) await following?.[Symbol.asyncDispose]()
    if (this.#violation !== null) throw this.#violation
  }

  #start(): Process {
    const process: Process = {
      cache: new EntityCache({
        maxBytes: 100_000,
        feed: this.#feed,
        store: this.#scheduledStore(),
        clock: () => this.#now.at,
      }),
      told: new Map(),
      following: null,
    }
    if (this.#broken.keepsBeforePosition) process.cache.hold('all')
    this.#inBackground(this.#step('follows the feed').then(() => this.#follow(process)))
    return process
  }

  #follow(process: Process): void {
    const { cache, told } = process
    // Left out: what was kept before the position was known is dropped when it is.
    let isAttached = !this.#broken.keepsBeforePosition
    const feed = {
      ...this.#feed,
      subscribe: () => this.#scheduledMessages(),
    } as ChangeFeed
    const follower = {
      change: (type: string, id: string, version: number) => {
        told.set(id, Math.max(told.get(id) ?? 0, version))
        cache.change(type, id, version)
      },
      hold: (partition: number | 'all') => {
        if (isAttached) cache.hold(partition)
        isAttached = true
      },
      lost: () => cache.lost(),
      back: () => cache.back(),
    }
    process.following = followFeed(feed, follower, { log: silentLog(), maxQueued: 4 })
  }

  async #request(process: Process, { entity, key, fields, isByKey }: Action): Promise<void> {
    const id = IDS[entity] as string
    const of = CLASSES[key] as string
    const told = new Map(process.told)
    const want = this.#want(process, isByKey ? null : id, isByKey ? (KEYS[key] as string) : id, of, fields)
    const [read] = await process.cache.read([want], (wants) => this.#ask(wants))
    checkRead({ read, want, asked: of, told, documents: this.documents })
  }

  #want(
    process: Process,
    id: string | null,
    alias: string,
    of: string,
    fields: readonly string[],
  ): EntityWant {
    return {
      space: this.#space(process),
      id,
      alias: `${of} ${alias}`,
      class: this.#broken.sharesClasses ? 'everybody' : of,
      fields: fields.map((key) => ({ key: key, policy: POLICY })),
      asked: of,
    } as EntityWant
  }

  #space({ cache }: Process): EntityWant['space'] {
    return cache.space('profiles', 'Profile', true)
  }

  async #ask(wants: readonly EntityWant[]): Promise<EntityAnswered[]> {
    await this.#step('the subgraph reads')
    const answers = wants.map((want) => this.#answer(want))
    await this.#step('the subgraph answers')
    return answers
  }

  #answer(want: EntityWant): EntityAnswered {
    const of = Reflect.get(want, 'asked') as string
    const id = want.id ?? this.documents.holderOf(want.alias.slice(of.length + 1))
    if (id === null) return { kind: 'absent' }
    const history = this.documents.history(id)
    const lag = this.#broken.readsReplicas && this.#isStormy ? 2 : 1
    const revision = history[Math.max(0, history.length - lag)]
    if (!revision?.isAlive) return { kind: 'absent' }
    const told = this.#broken.readsTwice ? (history[Math.max(0, history.length - 2)] ?? revision) : revision
    return {
      kind: 'found',
      id,
      version: revision.version,
      expiresAt: null,
      values: want.fields.map(({ key }) => valueOf(id, told.version, of, key)),
    }
  }

  async #expectAllLatest(): Promise<void> {
    for (const process of this.#processes) {
      for (const id of IDS) {
        for (const of of CLASSES) {
          for (const fields of [['f'], ['g'], ['f', 'g']]) await this.#expectLatest(process, id, of, fields)
        }
      }
    }
  }

  async #expectLatest(process: Process, id: string, of: string, fields: string[]): Promise<void> {
    const { version, isAlive } = this.documents.latest(id)
    const read = await this.#readNow(process, this.#want(process, id, id, of, fields))
    const seen = read?.kind === 'found' ? read.values : null
    const right = isAlive ? fields.map((key) => valueOf(id, version, of, key)) : null
    if (JSON.stringify(seen) !== JSON.stringify(right)) {
      throw new Violation(
        `after all settled ${id} is ${JSON.stringify(read)}, and should be ${JSON.stringify(right)}`,
      )
    }
  }

  async #expectHolder(process: Process, key: string): Promise<void> {
    const of = CLASSES[0] as string
    const read = await this.#readNow(process, this.#want(process, null, key, of, ['f']))
    const seen = read?.kind === 'found' ? read.id : null
    const right = this.documents.holderOf(key)
    if (seen !== right)
      throw new Violation(`after all settled ${key} leads to ${seen}, and should to ${right}`)
  }

  async #readNow(process: Process, want: EntityWant): Promise<EntityRead | undefined> {
    await turns()
    const [read] = await process.cache.read([want], (wants) => this.#ask(wants))
    return read
  }

  #createRelay(): Relay {
    const { documents } = this
    const feed: ChangeFeed = {
      ...this.#feed,
      secondLookMs: this.#broken.looksOnce ? 0 : SECOND_LOOK_MS,
      append: async (changes) => {
        const epochBefore = String(BigInt(this.#feed.epoch()) - 1n)
        await this.#step('the relay appends')
        if (this.#appendsToOldMaster > 0 && this.#isStormy) {
          this.#appendsToOldMaster--
          return changes.map(() => ({ partition: 0, epoch: epochBefore }))
        }
        return this.#feed.append(changes)
      },
      stillHeld: async (appended) => {
        await this.#step('the relay looks again')
        return this.#feed.stillHeld(appended)
      },
    }
    const profiles = {
      findOutbox: async () => {
        await this.#step('the relay reads outboxes')
        const found = documents.findOutbox()
        if (this.#broken.trimsBeforeTelling) {
          documents.trimOutbox(found.map(({ id, outbox }) => ({ id, version: outbox.at(-1)?.version ?? 0 })))
        }
        return found.map((each) => ({ ...each, mergedInto: null }))
      },
      trimOutbox: async (trims: readonly { id: string; version: number }[]) => {
        await this.#step('the relay trims')
        documents.trimOutbox(trims)
      },
    }
    const products = { findOutbox: () => Promise.resolve([]), trimOutbox: () => Promise.resolve() }
    return createRelay({ profiles, products, feed, clock: () => this.#now.at })
  }

  async #runRelay(index: number): Promise<void> {
    const each = this.#relays[index]
    if (!each || each.isBusy) return
    each.isBusy = true
    // A feed that cannot be reached is tried again.
    await each.relay.carryFound(10).catch(() => undefined)
    each.isBusy = false
  }

  #scheduledStore(): EntityCacheStore {
    return {
      read: async (reads) => {
        await this.#step('the shared level is asked')
        const results = await this.#store.read(reads)
        await this.#step('the shared level answers')
        return results
      },
      fill: async (fills) => {
        await this.#step('the shared level is filled')
        return this.#store.fill(fills)
      },
    }
  }

  #scheduledMessages(): AsyncIterableIterator<unknown> {
    const messages = this.#feed.subscribe({ maxQueued: 4, liveness: true })
    return {
      next: async () => {
        const message = await messages.next()
        if (!message.done) await this.#step(`hears ${JSON.stringify(message.value)}`)
        return message
      },
      return: async () => (await messages.return?.()) ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  async #step(label: string): Promise<void> {
    if (this.#isStormy) await this.#schedule.schedule(Promise.resolve(), label)
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#violation ??= error))
  }
}

function valueOf(id: string, version: number, of: string, key: string): string {
  return `${id}@${version} for ${of}: ${key}`
}

/** Until all that is ready has run: nothing waits for time. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
