import { randomUUID } from 'node:crypto'
import { MonogramError, type ErrorCode } from '../core/errors.ts'
import { parseEvent } from '../core/events/parse-event.ts'
import type { Event, EventType } from '../core/events/event.ts'
import type { Clock } from '../platform/clock.ts'
import { StorageError, type AppendResult, type EventStore } from '../storage/ports.ts'

export interface AcceptContext {
  /** Who sends: a part of each event's key. */
  source: string
  maxEventBytes: number
  /** When the sender says it sent the request; corrects its clock. */
  sentAt?: unknown
  /** For doors whose address names the type. */
  defaultType?: EventType
}

/** What became of one event. `conflict`: its messageId was taken by another body; both are kept, the first counts. */
export type AcceptResult =
  | { outcome: 'stored' | 'duplicate' | 'conflict'; key: string; messageId: string }
  | { outcome: 'rejected'; code: ErrorCode; reason: string }

/** Resolves when every event that was not rejected is durable; one result for each event, in their order. */
export type Accept = (raws: readonly unknown[], context: AcceptContext) => Promise<AcceptResult[]>

export interface AcceptOptions {
  events: EventStore
  clock: Clock
  /** Called when something new is durable, so that the worker need not poll. */
  onStored: () => void
  /** Events between arrival and durability, over all callers: beyond it a call is refused whole, before the acknowledgement. */
  maxInFlight?: number
}

export function createAccept({ events, clock, onStored, maxInFlight = 20_000 }: AcceptOptions): Accept {
  let inFlight = 0

  return async (raws, context) => {
    if (inFlight + raws.length > maxInFlight && inFlight > 0) {
      throw new MonogramError(
        'OVERLOADED',
        `${inFlight} events are being stored; send these again in a second`,
      )
    }
    inFlight += raws.length
    try {
      return await store(raws, context)
    } finally {
      inFlight -= raws.length
    }
  }

  async function store(raws: readonly unknown[], context: AcceptContext): Promise<AcceptResult[]> {
    const receivedAt = clock()
    const { maxEventBytes: maxBytes, ...rest } = context
    const parsed = raws.map((raw) =>
      parseEvent(raw, { ...rest, maxBytes, receivedAt, newMessageId: randomUUID }),
    )
    const valid: Event[] = []
    for (const result of parsed) if (result.ok) valid.push(result.event)

    const outcomes = valid.length > 0 ? await append(valid) : []
    if (outcomes.includes('stored')) onStored()

    let next = 0
    return parsed.map((result): AcceptResult => {
      if (!result.ok) return { outcome: 'rejected', code: result.code, reason: result.reason }
      const outcome = outcomes[next++]
      if (!outcome) throw new Error('the event store answered fewer results than events')
      return { outcome, key: result.event.key, messageId: result.event.messageId }
    })
  }

  async function append(valid: readonly Event[]): Promise<AppendResult[]> {
    try {
      return await events.append(valid)
    } catch (cause) {
      if (!(cause instanceof StorageError)) throw cause
      const message =
        'the events cannot be stored now; send these again in a moment: what was stored counts once'
      throw new MonogramError('STORAGE_UNAVAILABLE', message, { cause })
    }
  }
}
