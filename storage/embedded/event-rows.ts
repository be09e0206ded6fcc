import type { Event, EventMeta, EventType } from '../../core/events/event.ts'
import { purchaseOf } from '../../core/events/purchase.ts'
import type { IdentityPair } from '../../core/identity/identity-key.ts'
import type { JsonObject } from '../../core/json.ts'
import type { EventMark, StoredEvent } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { SqlValue } from './sqlite.ts'
import type { EventToAppend, MarkRow } from './writes/events.ts'
import { PURCHASE_PARTS } from './writes/purchase-parts.ts'

export const EVENT_COLUMNS = `e.seq, e.attempt, e.state, e.trail_version, b.body, e.key, e.trail_id, e.identity,
  e.source, e.message_id, e.type, e.name, e.time, e.received_at, e.body_hash, e.pairs, e.meta`

export type EventColumns = [
  /** Order of arrival. */
  seq: number,
  attempt: number,
  state: StoredEvent['state'],
  trailVersion: number | null,
  body: string,
  key: string,
  trailId: string,
  identity: string,
  source: string,
  messageId: string,
  type: EventType,
  name: string,
  time: number,
  receivedAt: number,
  bodyHash: string,
  pairs: string | null,
  meta: string | null,
]

/** A row that begins with the columns of an event. */
type EventRowStart = readonly [...EventColumns, ...SqlValue[]]

interface EventRead {
  seq: number
  attempt: number
  state: StoredEvent['state']
  trailVersion: number | null
  event: Event
}

export function readEventRow(row: EventRowStart): EventRead {
  const [seq, attempt, state, trailVersion, body, key, trailId, identity, source, messageId, ...rest] = row
  const [type, name, time, receivedAt, bodyHash, pairs, meta] = rest
  const event: Event = {
    key,
    trailId,
    identity,
    source,
    messageId,
    type,
    name,
    time,
    receivedAt,
    body: JSON.parse(body) as JsonObject,
    bodyHash,
    pairs: readPairs(pairs),
    ...(meta !== null && { meta: JSON.parse(meta) as EventMeta }),
  }
  return { seq, attempt, state, trailVersion, event }
}

export function readStoredEvent(row: EventRowStart): StoredEvent {
  const { event, state, trailVersion } = readEventRow(row)
  return { ...event, state, trailVersion }
}

export function readPairs(pairs: string | null): IdentityPair[] {
  return pairs === null ? [] : (JSON.parse(pairs) as IdentityPair[])
}

export function eventToAppend(event: Event): EventToAppend {
  const hasPairs = event.pairs.length > 0
  const purchase = purchaseOf(event)
  return {
    row: [
      text(event.key, 'event.key'),
      text(event.trailId, 'event.trailId'),
      text(event.identity, 'event.identity'),
      text(event.source, 'event.source'),
      text(event.messageId, 'event.messageId'),
      text(event.type, 'event.type'),
      text(event.name, 'event.name'),
      integer(event.time, 'event.time'),
      integer(event.receivedAt, 'event.receivedAt'),
      text(event.bodyHash, 'event.bodyHash'),
      hasPairs ? json(event.pairs, 'event.pairs') : null,
      hasPairs ? 1 : null,
      event.meta === undefined ? null : json(event.meta, 'event.meta'),
      purchase === null ? null : purchase.ref,
      purchase === null ? null : PURCHASE_PARTS[purchase.part],
    ],
    body: json(event.body, 'event.body'),
  }
}

export function markRow(mark: EventMark): MarkRow {
  return [
    mark.outcome,
    integer(mark.trailVersion, 'mark.trailVersion'),
    mark.error === undefined ? null : text(mark.error, 'mark.error'),
    mark.foldVersion === undefined ? null : integer(mark.foldVersion, 'mark.foldVersion'),
    text(mark.key, 'mark.key'),
    integer(mark.attempt, 'mark.attempt'),
  ]
}
