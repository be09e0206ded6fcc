import { MonogramError } from '../../core/errors.ts'
import { StorageError } from '../../storage/ports.ts'
import type { Accept, AcceptResult } from '../accept.ts'
import type { EventCounts } from './import-counts.ts'
import type { RejectedRows } from './rejected-rows.ts'
import type { RejectedRow } from './row.ts'

/** An event on its way, and how to tell of its rows should it be refused. */
export interface OutgoingEvent {
  raw: unknown
  /** About how large it is: what bounds the memory of what is under way. */
  bytes: number
  rejectedRows: (code: string, reason: string) => RejectedRow[]
}

/** Disposing waits for what is under way and begins nothing. */
export interface EventSender extends AsyncDisposable {
  /** True: a batch is full, and `send` is to be called. */
  add(event: OutgoingEvent): boolean
  /** Begins a batch, and resolves when there is room for the next. Rejects with what an earlier batch met. */
  send(): Promise<void>
  /** Resolves when everything that was added is durable, or written to the rejected rows. */
  drain(): Promise<void>
}

export interface EventSenderOptions {
  accept: Accept
  source: string
  counts: EventCounts
  rejected: RejectedRows
  /** Waits that many ms; rejects when the import is stopped. */
  wait: (ms: number) => Promise<void>
  maxBatchEvents?: number
  maxBatchBytes?: number
  maxBatchesInFlight?: number
}

/** What an imported event may measure at most. */
export const MAX_EVENT_BYTES = 512 * 1_024
/** For a minute in all: longer than a database takes to have another primary, or to be started again. */
const MAX_ATTEMPTS = 24
const MAX_WAIT_MS = 3_000

export function createEventSender(options: EventSenderOptions): EventSender {
  const { accept, source, counts, rejected, wait } = options
  const { maxBatchEvents = 200, maxBatchBytes = 2 * 1_048_576, maxBatchesInFlight = 3 } = options
  const inFlight = new Set<Promise<void>>()
  let batch: OutgoingEvent[] = []
  let batchBytes = 0
  let failure: { error: unknown } | null = null

  return {
    add(event) {
      batch.push(event)
      batchBytes += event.bytes
      return batch.length >= maxBatchEvents || batchBytes >= maxBatchBytes
    },
    async send() {
      begin()
      while (inFlight.size >= maxBatchesInFlight) await Promise.race(inFlight)
      throwFailure()
    },
    async drain() {
      begin()
      await Promise.all(inFlight)
      throwFailure()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(inFlight)
    },
  }

  function begin(): void {
    if (batch.length === 0 || failure) return
    const events = batch
    batch = []
    batchBytes = 0
    const sending = deliver(events)
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => inFlight.delete(sending))
    inFlight.add(sending)
  }

  function throwFailure(): void {
    if (failure) throw failure.error
  }

  async function deliver(events: readonly OutgoingEvent[]): Promise<void> {
    const results = await acceptWithRetries(events.map(({ raw }) => raw))
    for (const [i, result] of results.entries()) {
      counts[result.outcome]++
      if (result.outcome !== 'rejected') continue
      rejected.add(events[i]?.rejectedRows(result.code, result.reason) ?? [])
    }
    await rejected.flush()
  }

  /** A store that is busy gets time; accepting again is safe, since the key of an event is always the same. */
  async function acceptWithRetries(raws: readonly unknown[]): Promise<AcceptResult[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await accept(raws, { source, maxEventBytes: MAX_EVENT_BYTES })
      } catch (error) {
        if (!mayPass(error) || attempt === MAX_ATTEMPTS) throw error
        await wait(Math.min(MAX_WAIT_MS, 50 * 2 ** attempt))
      }
    }
  }
}

/** Accepting says in words of its own that the store cannot answer, and why in its cause. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof MonogramError)) return false
  if (error.code === 'STORAGE_UNAVAILABLE')
    return error.cause instanceof StorageError && error.cause.retryable
  return error.code === 'OVERLOADED'
}
