import { randomUUID } from 'node:crypto'
import { MonogramError, type ErrorCode } from '../core/errors.ts'
import { parseEvent } from '../core/events/parse-event.ts'
import type { Event, EventType } from '../core/events/event.ts'
import type { SourceRules } from '../core/normalise/rules.ts'
import type { Clock } from '../platform/clock.ts'
import { StorageError, type EventStore } from '../storage/ports.ts'
import type { Backlog } from './backlog.ts'
import type { PathMetrics } from './metrics.ts'

export interface AcceptContext {
  /** Who sends: a part of each event's key. */
  source: string
  maxEventBytes: number
  /** When the sender says it sent the request; corrects its clock. */
  sentAt?: unknown
  /** What lookup tables call the sender: the name of its API key; the source when absent. */
  sourceName?: string
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
  /** Events that are stored and wait to be folded: when they are too many, a call is refused in the same way. */
  backlog?: Backlog
  /** How values are normalised; without tables and country when absent. */
  rulesFor?: (sourceName: string) => SourceRules
  /** An event that happened longer before its arrival is marked late; none is when absent. */
  lateAfterMs?: number
  metrics?: Pick<PathMetrics, 'countEvents'>
}

export function createAccept(options: AcceptOptions): Accept {
  const { events, clock, onStored, maxInFlight = 20_000, backlog, rulesFor, lateAfterMs, metrics } = options
  let inFlight = 0

  return async (raws, context) => {
    if (inFlight + raws.length > maxInFlight && inFlight > 0) {
      throw refused(raws, 'OVERLOADED', `${inFlight} events are being stored; send these again in a second`)
    }
    inFlight += raws.length
    try {
      await requireRoom(raws)
      return await store(raws, context)
    } finally {
      inFlight -= raws.length
    }
  }

  async function requireRoom(raws: readonly unknown[]): Promise<void> {
    const waiting = await asked(raws, async () => (await backlog?.refusal(raws.length)) ?? null)
    if (waiting === null) return
    throw refused(raws, 'OVERLOADED', `${waiting} events wait to be folded; send these again in a second`)
  }

  function refused(
    raws: readonly unknown[],
    code: ErrorCode,
    message: string,
    cause?: unknown,
  ): MonogramError {
    metrics?.countEvents('refused', raws.length)
    return new MonogramError(code, message, { cause })
  }

  async function store(raws: readonly unknown[], context: AcceptContext): Promise<AcceptResult[]> {
    const receivedAt = clock()
    const { maxEventBytes: maxBytes, sourceName = context.source, ...sent } = context
    const rules = rulesFor?.(sourceName)
    const rest = {
      ...sent,
      ...(rules !== undefined && { rules }),
      ...(lateAfterMs !== undefined && { lateAfterMs }),
    }
    const parsed = raws.map((raw) =>
      parseEvent(raw, { ...rest, maxBytes, receivedAt, newMessageId: randomUUID }),
    )
    const valid: Event[] = []
    for (const result of parsed) if (result.ok) valid.push(result.event)

    const outcomes = valid.length > 0 ? await asked(valid, () => events.append(valid)) : []
    const stored = outcomes.filter((outcome) => outcome === 'stored').length
    if (stored > 0) {
      backlog?.add(stored)
      onStored()
    }

    let next = 0
    return parsed.map((result): AcceptResult => {
      if (!result.ok) {
        metrics?.countEvents('rejected')
        return { outcome: 'rejected', code: result.code, reason: result.reason }
      }
      const outcome = outcomes[next++]
      if (!outcome) throw new Error('the event store answered fewer results than events')
      metrics?.countEvents(outcome)
      return { outcome, key: result.event.key, messageId: result.event.messageId }
    })
  }

  /** What the store answers; when it cannot, nothing of the request is acknowledged. */
  async function asked<T>(raws: readonly unknown[], ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (cause) {
      if (!(cause instanceof StorageError)) throw cause
      const message =
        'the events cannot be stored now; send these again in a moment: what was stored counts once'
      throw refused(raws, 'STORAGE_UNAVAILABLE', message, cause)
    }
  }
}
