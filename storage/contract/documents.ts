import type { Event } from '../../core/events/event.ts'
import type {
  IdentityBatch,
  IdentityRow,
  IdentityUndo,
  LinkRecord,
  PairRow,
} from '../../core/identity/identity-log.ts'
import type { ProductDocument } from '../../core/products/product.ts'
import type { OutboxEntry, ProfileDocument, ProfileState, ProfileView } from '../../core/profile/profile.ts'
import type { EventMark, ProfileWrite, SealedPurchase, TrailBase, TrailDocument } from '../ports.ts'

/*
 * Whole documents from the few fields that a case is about.
 */

export function anEvent(key: string, fields: Partial<Event> = {}): Event {
  return {
    key,
    trailId: 'trail-1',
    identity: 'userId:17850',
    source: 'shop',
    messageId: `message-${key}`,
    type: 'track',
    name: 'Product Viewed',
    time: 1_000,
    receivedAt: 2_000,
    body: { type: 'track', properties: { product_id: '85123A' } },
    bodyHash: 'hash-1',
    pairs: [],
    ...fields,
  }
}

export function aMark(key: string, fields: Partial<EventMark> = {}): EventMark {
  return { key, attempt: 0, outcome: 'folded', trailVersion: 1, ...fields }
}

export function aTrail(id: string, version: number, fields: Partial<TrailDocument> = {}): TrailDocument {
  return {
    id,
    identity: `userId:${id}`,
    home: `p_${id}`,
    version,
    foldVersion: 1,
    state: aState(version),
    applied: [],
    dirty: true,
    ...fields,
  }
}

export function aBase(id: string, rev: number, fields: Partial<TrailBase> = {}): TrailBase {
  return { id, rev, before: 1_000 * rev, version: rev, foldVersion: 1, state: aState(rev), ...fields }
}

export function aSealedPurchase(
  trail: string,
  ref: string,
  rev: number,
  fields: Partial<SealedPurchase> = {},
): SealedPurchase {
  const order = { gross: 13_912, currency: 'GBP', orderedAt: 1_000, at: 1_000, key: 'e1' }
  return { trail, ref, rev, purchase: { order, heardAt: 1_000 + rev }, ...fields }
}

export function aState(events: number): ProfileState {
  return {
    events,
    firstSeenAt: 1_000,
    lastSeenAt: 1_000,
    traits: { firstName: { value: 'Ada', at: 1_000, key: 'e1' } },
    purchases: {
      'o:536365': {
        order: { gross: 13_912, currency: 'GBP', orderedAt: 1_000, at: 1_000, key: 'e1' },
        heardAt: 1_000,
      },
    },
    currencies: { GBP: { first: 1_000, last: 1_000 } },
    settled: { purchases: 0, sums: {}, days: { 3: { views: 2, carts: 0, sums: {} } } },
    bought: { '85123A': 1_000 },
    viewed: {},
    views: [],
    carts: [900],
    recent: [{ key: 'e1', type: 'track', name: 'Order Completed', time: 1_000 }],
    omitted: { traits: false, currencies: false },
  }
}

export function aProfile(id: string, rev: number, fields: Partial<ProfileDocument> = {}): ProfileDocument {
  return {
    id,
    rev,
    version: rev,
    asOf: 3_000,
    view: aView(),
    rolling: { 7: { orders: { GBP: 1 }, revenue: { GBP: 13_912 }, views: 0, carts: 1 } },
    basis: { seq: 0, trails: { 'trail-1': rev } },
    mergedInto: null,
    nextChangeAt: null,
    outbox: [],
    unpublished: null,
    ...fields,
  }
}

/** A profile without search terms, as it is put. */
export function aWrite(id: string, rev: number, fields: Partial<ProfileDocument> = {}): ProfileWrite {
  return { profile: aProfile(id, rev, fields), terms: [] }
}

function aView(): ProfileView {
  return {
    identities: ['userId:17850', 'email:ada@example.com'],
    firstSeenAt: 1_000,
    lastSeenAt: 1_000,
    eventCount: 1,
    traits: { firstName: 'Ada' },
    metrics: {
      GBP: { orders: 1, grossRevenue: 13_912, refunded: 0, firstOrderAt: 1_000, lastOrderAt: 1_000 },
    },
    recentOrders: [{ orderId: '536365', key: 'e1', orderedAt: 1_000, gross: 13_912, currency: 'GBP' }],
    bought: [{ productId: '85123A', at: 1_000 }],
    viewed: [],
    recent: [{ key: 'e1', type: 'track', name: 'Order Completed', time: 1_000 }],
  }
}

export function aChange(version: number, from = version): OutboxEntry {
  return { from, version, changed: ['traits'], at: 4_000 }
}

export function aProduct(id: string, rev: number, fields: Partial<ProductDocument> = {}): ProductDocument {
  return {
    id,
    rev,
    version: rev,
    asOf: 3_000,
    state: { title: { value: `Lantern ${rev}`, at: 1_000, key: 'e1' } },
    outbox: [],
    ...fields,
  }
}

export function aRow(key: string, fields: Partial<IdentityRow> = {}): IdentityRow {
  const counts = { links: 0, userLinks: 0, merges: 0 }
  return { key, home: `home-${key}`, profileId: `home-${key}`, seq: 1, since: 1_000, ...counts, ...fields }
}

export function aPair(id: string, at: number): PairRow {
  return { id, pair: [`anonymousId:${id}`, `userId:${id}`], event: `event-${id}`, at }
}

/** A pair as it is read; without fields, one that was just recorded. */
export function aLink(id: string, at: number, fields: Partial<LinkRecord> = {}): LinkRecord {
  return { ...aPair(id, at), pending: true, first: null, batch: null, decision: null, ...fields }
}

export function anUndo(id: string, at: number): IdentityUndo {
  return { id, pair: aPair(id, at).pair, by: 'key-1', at }
}

export function aBatch(n: number, fields: Partial<IdentityBatch> = {}): IdentityBatch {
  return {
    n,
    at: 5_000,
    done: false,
    answers: [
      {
        pairId: 'pair-1',
        pair: ['anonymousId:a', 'userId:u'],
        event: 'e1',
        decision: { kind: 'merge', winner: 'p_u', loser: 'p_a', reason: 'has-user-id' },
      },
    ],
    undos: [{ id: 'pair-2', pair: ['anonymousId:b', 'userId:u'], by: 'key-1', at: 900 }],
    moves: [
      { key: 'anonymousId:a', from: 'p_a', to: 'p_u', since: 1_000, links: 1, userLinks: 1, merges: 0 },
    ],
    losers: ['p_a'],
    gainers: ['p_u'],
    ...fields,
  }
}

/** `prefix-000`, `prefix-001`, …: in order of id. */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`)
}
