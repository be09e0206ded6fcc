import { randomUUID } from 'node:crypto'
import { Gauge, type Metric } from 'prom-client'
import type { Log } from '../../platform/log.ts'
import { systemSleep, type Sleep } from '../../platform/sleep.ts'
import type { Leases } from '../../stream/ports.ts'
import { shareOf, WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

export interface WorkerSeatsOptions {
  leases: Leases
  /** Of the fold that this worker has. */
  foldVersion: number
  log: Log
  sleep?: Sleep
  /** A worker that dies keeps its seat for so long. */
  ttlMs?: number
  /** How often a seat is kept and the others are looked at. */
  lookEveryMs?: number
  /** Called when the share is another one. */
  onChange?: () => void
}

export interface WorkerSeats extends AsyncDisposable {
  readonly share: WorkerShare
  /** From 0; null while seats cannot be had, when the share is everything. */
  readonly seat: number | null
  readonly seats: number
  /** Whether it is known that no worker has a newer fold, nor had one in the last looks. */
  readonly isNewest: boolean
}

/** Looks without a worker of a newer fold after which it is taken for gone: more than one needs to start again. */
const LOOKS_UNTIL_NEWEST = 5
const ROSTER = 'workers'

/**
 * Divides the work among the workers of a deployment: each has a place in their roster, and does the share of that place.
 * When one goes, those behind move up and the shares grow; when one comes, they shrink. For a moment two may do the same
 * work, or nobody some of it. While places cannot be had a worker does everything: that costs more and harms nothing.
 */
export async function openWorkerSeats(options: WorkerSeatsOptions): Promise<WorkerSeats> {
  const {
    leases,
    foldVersion,
    log,
    sleep = systemSleep,
    ttlMs = 3_000,
    lookEveryMs = 1_000,
    onChange,
  } = options
  const stopping = new AbortController()
  const id = randomUUID()
  let taken: { seat: number | null; seats: number } = { seat: null, seats: 1 }
  let share = WHOLE_SHARE
  let looksAlone = 0
  let isFailing = false

  await look()
  const looking = lookOn()

  return {
    get share() {
      return share
    },
    get seat() {
      return taken.seat
    },
    get seats() {
      return taken.seats
    },
    get isNewest() {
      return looksAlone >= LOOKS_UNTIL_NEWEST
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await looking
      await leases.leave(ROSTER, id)
    },
  }

  async function lookOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(lookEveryMs, stopping.signal)
      if (!stopping.signal.aborted) await look()
    }
  }

  /** Never rejects. */
  async function look(): Promise<void> {
    try {
      const workers = await leases.join(ROSTER, { id, note: String(foldVersion) }, ttlMs)
      looksAlone = workers.some(({ note }) => Number(note) > foldVersion) ? 0 : looksAlone + 1
      const seat = workers.findIndex((worker) => worker.id === id)
      take(seat, workers.length)
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'seats cannot be had; this worker does all the work meanwhile')
      isFailing = true
      looksAlone = 0
      take(null, 1)
    }
  }

  function take(seat: number | null, seats: number): void {
    if (seat === taken.seat && seats === taken.seats) return
    taken = { seat, seats }
    share = seat === null ? WHOLE_SHARE : shareOf(seat, seats)
    log.info(taken, 'the work is divided anew')
    onChange?.()
  }
}

export function workersGauge(seats: Pick<WorkerSeats, 'seats'>): Metric {
  return new Gauge({
    name: 'monogram_workers',
    help: 'Workers that share the work, as this one sees it.',
    registers: [],
    collect() {
      this.set(seats.seats)
    },
  })
}
