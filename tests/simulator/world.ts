import type { Event, EventKey } from '../../core/events/event.ts'
import { STATE_LIMITS } from '../../core/profile/limits.ts'
import type { ProfileState, StateLimits } from '../../core/profile/profile.ts'
import { foldEvents } from '../../core/profile/state.ts'
import type { AcceptResult } from '../../ingest/accept.ts'
import { createEventPath, type EventPath } from '../../ingest/create-event-path.ts'
import { silentLog } from '../../platform/log.ts'
import { MIN_RETAIN_DAYS } from '../../ingest/retain.ts'
import type { Storage, StoredEvent } from '../../storage/ports.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import { openMemoryStorage } from '../support/memory-storage.ts'
import { rememberDeleted } from './deleted-events.ts'
import { faultyPorts } from './faulty-ports.ts'
import { Monitor } from './monitor.ts'
import { createRandom, type Random } from './random.ts'
import { oneTurn, Scheduler, type SimulatedProcess } from './scheduler.ts'

export const NOW = Date.parse('2026-03-01T12:00:00Z')
export const CURRENCY = 'USD'
export const DAY_MS = 86_400_000

/** So few that people's orders and views are settled all the time. */
const NARROW: StateLimits = { purchases: 2, activity: 1, traits: 1, currencies: 1 }

/** Ports that do not keep a rule, to see that the checks notice. */
export interface BrokenRule {
  /** It shows in worlds alone of which old events are deleted. */
  isLong?: true
  /** What every process reads and writes. */
  storage?: (storage: Storage) => Storage
  /** What one process sees of it, faults included. */
  ports?: (ports: { storage: Storage; feed: ChangeFeed }) => { storage: Storage; feed: ChangeFeed }
}

/** A server of the simulated world: it accepts, folds, decides, materialises and relays. */
export interface SimulatedServer {
  process: SimulatedProcess
  foldVersion: number
  path: EventPath
  /** Rejects when the process dies: whoever waits for it sees the connection go. */
  died: Promise<never>
  kill: () => void
}

/** One seed is one world: who takes which step, what fails, who dies, and what people do. */
export class World {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly monitor = new Monitor()
  readonly storage: Storage
  readonly servers: SimulatedServer[] = []
  /** Whether calls fail, and whether some servers cannot fold odd events. */
  stormy = true
  /** What clients were told is durable. */
  readonly acknowledged = new Map<string, Extract<AcceptResult, { key: string }>['outcome']>()
  /** How much states keep one by one: in half of the worlds hardly anything. */
  readonly limits: StateLimits
  /** In some worlds events are of many months, of which the old ones are deleted. */
  readonly isLong: boolean
  /** What happened before it may be deleted. */
  readonly retainFrom: number
  /** What was deleted from the log. */
  readonly deleted = new Map<EventKey, StoredEvent>()
  readonly #feed = createMemoryFeed()
  readonly #faultRate: number
  readonly #pauseRate: number
  readonly #broken: BrokenRule
  #started = 0

  constructor(seed: number, broken: BrokenRule = {}, drained = oneTurn) {
    this.random = createRandom(seed)
    this.scheduler = new Scheduler(this.random, NOW, drained)
    this.#broken = broken
    this.#faultRate = this.random.chance(0.3) ? 0 : this.random.next() * 0.06
    this.#pauseRate = this.random.next() * 0.3
    this.limits = this.random.chance(0.5) ? NARROW : STATE_LIMITS
    this.isLong = this.random.chance(0.4) || broken.isLong === true
    this.retainFrom = NOW - (MIN_RETAIN_DAYS + this.random.int(60)) * DAY_MS
    const memory = openMemoryStorage()
    this.storage = rememberDeleted(broken.storage?.(memory) ?? memory, this.deleted)
  }

  /** Starts a server. Odd events are beyond a `picky` one: its fold fails on them. */
  startServer(foldVersion: number, picky = false): SimulatedServer {
    const process = { name: `server ${++this.#started}`, alive: true, pausedUntil: 0 }
    let end: (error: Error) => void = () => undefined
    const died = new Promise<never>((_, reject) => (end = reject))
    died.catch(() => undefined)
    const ports = faultyPorts(this.storage, this.#feed, {
      scheduler: this.scheduler,
      process,
      random: this.random,
      faults: () => (this.stormy ? this.#faultRate : 0),
      pauses: () => (this.stormy ? this.#pauseRate : 0),
      onEffect: this.monitor.onEffect,
    })
    const { storage, feed } = this.#broken.ports?.(ports) ?? ports
    const path = createEventPath({
      storage,
      feed,
      clock: () => this.scheduler.now,
      sleep: this.scheduler.sleepOf(process),
      log: silentLog(),
      currency: CURRENCY,
      pollMs: 50,
      stateLimits: this.limits,
      keptAfterArrivalMs: 0,
      foldCode: { version: foldVersion, apply: (state, events) => this.#apply(state, events, picky) },
    })
    const server: SimulatedServer = {
      process,
      foldVersion,
      path,
      died,
      kill: () => {
        process.alive = false
        this.servers.splice(this.servers.indexOf(server), 1)
        end(new Error(`${process.name} died`))
      },
    }
    this.servers.push(server)
    return server
  }

  /** Somebody outside, who never dies. */
  actor(name: string): SimulatedProcess {
    return { name, alive: true, pausedUntil: 0 }
  }

  /** Sends until it is answered, to whichever server is there. */
  async send(client: SimulatedProcess, raws: readonly unknown[]): Promise<AcceptResult[]> {
    const sleep = this.scheduler.sleepOf(client)
    for (;;) {
      const server = this.servers.length > 0 ? this.random.pick(this.servers) : null
      const answer = server ? await attempt(server, raws) : null
      if (answer) {
        for (const result of answer) {
          if (result.outcome !== 'rejected') this.acknowledged.set(result.key, result.outcome)
        }
        return answer
      }
      await sleep(20)
    }
  }

  #apply(state: ProfileState, events: readonly Event[], picky: boolean): ProfileState {
    if (picky && this.stormy && events.some((event) => event.name === 'Odd')) throw new Error('an odd event')
    return foldEvents(state, events, { currency: CURRENCY, limits: this.limits })
  }
}

/** Null when it is unknown what became of them. */
function attempt({ path, died }: SimulatedServer, raws: readonly unknown[]): Promise<AcceptResult[] | null> {
  return Promise.race([path.accept(raws, CONTEXT), died]).catch(() => null)
}

const CONTEXT = { source: 'simulation', maxEventBytes: 32_768 }
