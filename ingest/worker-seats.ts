import { randomInt } from 'node:crypto'
import { Gauge, type Metric } from 'prom-client'
import type { Log } from '../platform/log.ts'
import { systemSleep, type Sleep } from '../platform/sleep.ts'
import type { Lease, Leases } from '../stream/ports.ts'
import { MAX_SHARES, shareOf, WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

export interface WorkerSeatsOptions {
  leases: Leases
  log: Log
  sleep?: Sleep
  /** A worker that dies keeps its seat for so long. */
  ttlMs?: number
  /** How often a seat is renewed and the others are looked at. */
  lookEveryMs?: number
  /** Called when the share is another one. */
  onChange?: () => void
}

export interface WorkerSeats extends AsyncDisposable {
  readonly share: WorkerShare
  /** From 0; null while no seat could be had, when the share is everything. */
  readonly seat: number | null
  readonly seats: number
}

/** At random, so that two that count together do not do so again. */
const MIN_PAUSE_MS = 5
const MAX_PAUSE_MS = 100

/**
 * Divides the work among the workers of a deployment: each holds the lowest seat that was free, by a lease, and does the
 * share of its seat. When one goes, those above move down and the shares grow; when one comes, they shrink. For a moment
 * two may do the same work, or nobody some of it. While leases cannot be had a worker does everything: that costs more
 * and harms nothing.
 */
export async function openWorkerSeats(options: WorkerSeatsOptions): Promise<WorkerSeats> {
  const { leases, log, sleep = systemSleep, ttlMs = 3_000, lookEveryMs = 1_000, onChange } = options
  const stopping = new AbortController()
  let lease: Lease | null = null
  let seat: number | null = null
  let taken: { seat: number | null; seats: number } = { seat: null, seats: 1 }
  let share = WHOLE_SHARE
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
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await looking
      await lease?.release()
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
      if (lease && !(await lease.renew())) give()
      await moveDown()
      take(seat, seat === null ? 1 : await countTwice(seat))
      isFailing = false
    } catch (error) {
      if (!isFailing)
        log.warn({ err: error }, 'leases cannot be had; this worker does all the work meanwhile')
      isFailing = true
      take(null, 1)
    }
  }

  function give(): void {
    lease = null
    seat = null
  }

  /** Takes the lowest free seat below its own, or any when it has none. */
  async function moveDown(): Promise<void> {
    const below = seat ?? MAX_SHARES
    for (let wanted = 0; wanted < below; wanted++) {
      const found = await leases.acquire(nameOf(wanted), ttlMs)
      if (!found) continue
      await lease?.release()
      lease = found
      seat = wanted
      return
    }
  }

  /** Another worker that counts holds the first free seat for a moment: what differs is looked at once more. */
  async function countTwice(own: number): Promise<number> {
    const first = await count(own)
    if (first === taken.seats) return first
    await sleep(randomInt(MIN_PAUSE_MS, MAX_PAUSE_MS), stopping.signal)
    return Math.min(first, await count(own))
  }

  /** Seats that are taken, from the lowest on: the first that is free ends them. */
  async function count(own: number): Promise<number> {
    for (let next = own + 1; next < MAX_SHARES; next++) {
      const free = await leases.acquire(nameOf(next), ttlMs)
      if (!free) continue
      await free.release()
      return next
    }
    return MAX_SHARES
  }

  function take(ownSeat: number | null, ofSeats: number): void {
    if (ownSeat === taken.seat && ofSeats === taken.seats) return
    taken = { seat: ownSeat, seats: ofSeats }
    share = ownSeat === null ? WHOLE_SHARE : shareOf(ownSeat, ofSeats)
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

function nameOf(seat: number): string {
  return `worker-seat-${seat}`
}
