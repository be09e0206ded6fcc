import type { Event, EventMeta } from '../../core/events/event.ts'
import { purchaseOf } from '../../core/events/purchase.ts'
import type { IdentityPair } from '../../core/identity/identity-key.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StoredEvent } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { EventRow } from './documents.ts'

export function eventRow(event: Event, arrival: string): EventRow {
  const hasPairs = event.pairs.length > 0
  const purchase = purchaseOf(event)
  return {
    _id: text(event.key, 'event.key'),
    trail: text(event.trailId, 'event.trailId'),
    arrival,
    identity: text(event.identity, 'event.identity'),
    source: text(event.source, 'event.source'),
    messageId: text(event.messageId, 'event.messageId'),
    type: text(event.type, 'event.type') as Event['type'],
    name: text(event.name, 'event.name'),
    time: integer(event.time, 'event.time'),
    receivedAt: integer(event.receivedAt, 'event.receivedAt'),
    bodyHash: text(event.bodyHash, 'event.bodyHash'),
    ...(hasPairs && { pairs: json(event.pairs, 'event.pairs'), unlinked: true }),
    ...(event.meta !== undefined && { meta: json(event.meta, 'event.meta') }),
    body: json(event.body, 'event.body'),
    attempt: 0,
    pending: true,
    ...(purchase !== null && { purchase: purchase.ref, purchasePart: purchase.part }),
  }
}

export function readEvent(row: EventRow): Event {
  return {
    key: row._id,
    trailId: row.trail,
    identity: row.identity,
    source: row.source,
    messageId: row.messageId,
    type: row.type,
    name: row.name,
    time: row.time,
    receivedAt: row.receivedAt,
    body: JSON.parse(row.body) as JsonObject,
    bodyHash: row.bodyHash,
    pairs: readPairs(row.pairs),
    ...(row.meta !== undefined && { meta: JSON.parse(row.meta) as EventMeta }),
  }
}

export function readStoredEvent(row: EventRow): StoredEvent {
  const state = row.pending ? 'pending' : row.parked ? 'parked' : 'folded'
  return { ...readEvent(row), state, trailVersion: row.trailVersion ?? null }
}

export function readPairs(pairs: string | undefined): IdentityPair[] {
  return pairs === undefined ? [] : (JSON.parse(pairs) as IdentityPair[])
}
