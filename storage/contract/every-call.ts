import type { Storage } from '../ports.ts'
import {
  aBase,
  aBatch,
  aMark,
  aPair,
  aProduct,
  aRow,
  aSealedPurchase,
  aTrail,
  aWrite,
  anEvent,
  anUndo,
} from './documents.ts'

type Stores = Pick<
  Storage,
  {
    [Name in keyof Storage]: Storage[Name] extends (...args: never[]) => unknown ? never : Name
  }[keyof Storage]
>
type StoreName = keyof Stores

/** A method of a store, and arguments that it takes. */
export interface PortCall {
  /** `events.append` */
  name: string
  args: readonly unknown[]
  /** Carries it out, with these arguments or with others in their place. */
  run(storage: Storage, args?: readonly unknown[]): Promise<unknown>
}

function call<Name extends StoreName, Method extends keyof Stores[Name] & string>(
  store: Name,
  method: Method,
  ...args: Stores[Name][Method] extends (...args: infer Args) => unknown ? Args : never
): PortCall {
  return {
    name: `${store}.${method}`,
    args,
    async run(storage, given = args) {
      const methods = storage[store] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
      return methods[method]?.(...given)
    },
  }
}

const PARKED = { outcome: 'parked', error: 'no fold knows it', foldVersion: 1 } as const
const REFUSED = { kind: 'refuse', reason: 'too-many-keys' } as const
const CHANGE = { from: 1, version: 1, changed: ['traits'], at: 4_000 }
const POSITION = { time: 1_500, key: 'k' }
const ORDER = { type: 'track', properties: { order_id: '1', total: 5 } }
const KEY = {
  id: 'k',
  name: 'shop',
  scopes: ['read' as const],
  secretHmac: 'hmac',
  createdAt: 1,
  revokedAt: null,
}

/**
 * Every method of the port at least once, in an order in which each finds what those before it left: for tests that hold
 * all of them to a rule.
 */
export const EVERY_CALL: readonly PortCall[] = [
  call('events', 'append', [anEvent('a', { pairs: [['email:e', 'userId:u']] }), anEvent('b')]),
  call('events', 'append', [
    anEvent('b', { bodyHash: 'other' }),
    anEvent('o', { name: 'Order Completed', body: ORDER }),
  ]),
  call('events', 'findPendingTrails', 'trail-0', 3),
  call('events', 'readPending', ['trail-1'], 3),
  call('events', 'mark', [aMark('a'), aMark('o')]),
  call('events', 'mark', [aMark('b', PARKED)]),
  call('events', 'listParked', '0', 3),
  call('events', 'release', [{ key: 'b', attempt: 0 }]),
  call('events', 'readFolded', [{ trail: 'trail-1', aboveVersion: 0, after: { time: 1, key: 'k' } }], 3),
  call('events', 'readPurchases', [
    { trail: 'trail-1', ref: 'o:1', except: ['e'], held: [{ version: 1, before: POSITION }] },
  ]),
  call('events', 'listPurchases', 'trail-1', 'o:0', 3),
  call('events', 'readSealed', [{ trail: 'trail-1', before: 2_000, version: 1, receivedUntil: 2_000 }], 3),
  call('events', 'scanTrails', 1, '0', 3),
  call('events', 'findUnlinked', 3),
  call('events', 'clearLinks', ['a']),
  call('events', 'get', ['a']),
  call('events', 'listByTrails', [['trail-1']], { names: ['track'], before: POSITION, limit: 3 }),
  call('events', 'conflictsOf', ['b'], 3),
  call('events', 'conflictsByTrails', [['trail-1']], 3),
  call('events', 'oldestPending', [['userId:17850']]),
  call('events', 'backlog'),
  call('events', 'countByTrails', [['trail-1']], ['track']),
  call('events', 'countBetween', [{ trail: 'trail-1', from: 1, before: 2_000 }]),
  call('events', 'scan', ['track'], '0', 3),
  call('events', 'stats'),
  call('events', 'deleteFolded', ['a']),
  call('trails', 'put', [aTrail('t', 1), aTrail('u', 1)]),
  call('trails', 'put', [aTrail('t', 2), aTrail('u', 3)]),
  call('trails', 'get', ['t']),
  call('trails', 'findByHomes', ['p_t']),
  call('trails', 'findDirty', 's', 3),
  call('trails', 'dirtyEvents', ['p_t']),
  call('trails', 'clearDirty', [{ id: 't', version: 2 }]),
  call('trails', 'list', 's', 3),
  call('trails', 'putBases', [aBase('t', 1)]),
  call('trails', 'bases', ['t']),
  call('profiles', 'put', [aWrite('p', 1, { nextChangeAt: 5, outbox: [CHANGE], unpublished: CHANGE })]),
  call('profiles', 'get', ['p']),
  call('profiles', 'findOutbox', 'o', 3),
  call('profiles', 'trimOutbox', [{ id: 'p', version: 1 }]),
  call('profiles', 'findUnpublished', 'o', 3),
  call('profiles', 'clearUnpublished', [{ id: 'p', version: 1 }]),
  call('profiles', 'findDue', 9, 3),
  call('profiles', 'search', ['a', 'b'], 'o', 3),
  call('profiles', 'list', 'o', 3),
  call('profiles', 'stats'),
  call('identities', 'putRows', [aRow('userId:u')]),
  call('identities', 'rows', ['userId:u']),
  call('identities', 'rowsOfProfiles', ['p']),
  call('identities', 'recordPairs', [aPair('a', 1)]),
  call('identities', 'findPendingPairs', 3),
  call('identities', 'settlePairs', 1, [{ pairId: 'a', decision: REFUSED }]),
  call('identities', 'pairs', ['a']),
  call('identities', 'pairsOfKeys', ['userId:a']),
  call('identities', 'listPairs', '0', 3),
  call('identities', 'reopenRefused', '0', 3),
  call('identities', 'requestUndos', [anUndo('a', 1)]),
  call('identities', 'findPendingUndos', 3),
  call('identities', 'undosOfKeys', ['userId:a', 'anonymousId:a']),
  call('identities', 'settleUndos', 1, ['a']),
  call('identities', 'head'),
  call('identities', 'insertBatch', aBatch(1)),
  call('identities', 'setBatchDone', 1),
  call('identities', 'listBatches', 0, 3),
  call('products', 'put', [aProduct('x', 1, { outbox: [CHANGE] })]),
  call('products', 'get', ['x']),
  call('products', 'findOutbox', 'w', 3),
  call('products', 'trimOutbox', [{ id: 'x', version: 1 }]),
  call('products', 'list', 'w', 3),
  call('products', 'stats'),
  call('sealedPurchases', 'put', [aSealedPurchase('trail-1', 'o:1', 1)]),
  call('sealedPurchases', 'get', [{ trail: 'trail-1', ref: 'o:1' }]),
  call('sealedPurchases', 'list', 'trail-1', 'o:0', 3),
  call('apiKeys', 'put', KEY),
  call('apiKeys', 'get', 'k'),
  call('apiKeys', 'list'),
  call('progress', 'put', 'job', { line: 3 }),
  call('progress', 'putIfAbsent', 'claimed', { line: 3 }),
  call('progress', 'get', 'job'),
]

/** The methods of the port, by the names that calls have. */
export function methodsOf(storage: Storage): string[] {
  return Object.entries(storage).flatMap(([store, methods]) =>
    typeof methods === 'object' ? Object.keys(methods as object).map((method) => `${store}.${method}`) : [],
  )
}
