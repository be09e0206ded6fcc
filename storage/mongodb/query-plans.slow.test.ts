import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Document } from 'mongodb'
import {
  aBatch,
  aMark,
  aPair,
  aProduct,
  aRow,
  aTrail,
  aWrite,
  anEvent,
  anUndo,
} from '../contract/documents.ts'
import type { Storage } from '../ports.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
import { MIGRATIONS, type DeclaredIndex } from './migrations.ts'
import { openMongodbStorage } from './open.ts'

const INDEXES = MIGRATIONS.flatMap(({ indexes }) => indexes)

/** Small by their nature, or one row from an end of the order of ids. */
const READ_WHOLE = new Set(['api_keys', 'identity_log'])

/*
 * The protocol server has no plans to tell, so each filter that is sent is held against the indexes that are declared.
 */
describeWithServer(DOCUMENT_SERVER, 'queries of the MongoDB adapter', (server) => {
  let database: TestDatabase
  let storage: Storage
  const sent: { collection: string; filter: Document }[] = []
  beforeEach(async () => {
    database = createTestDatabase(server())
    const note = (name: string, command: Document): void => {
      for (const filter of filtersOf(command)) sent.push({ collection: String(command[name]), filter })
    }
    storage = await openMongodbStorage({ url: database.url, onCommand: note })
    sent.length = 0
  })
  afterEach(async () => {
    await storage[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  test('each filter is served by an index that is declared, and no other', async () => {
    await useEverything(storage)
    expect(sent.length).toBeGreaterThan(50)
    const uncovered = sent.filter(({ collection, filter }) => !isCovered(collection, filter))
    expect(uncovered).toEqual([])
    const unused = INDEXES.filter((index) => {
      return !sent.some(({ collection, filter }) => {
        const branches = (filter['$or'] ?? []) as Document[]
        return collection === index.collection && [filter, ...branches].some((part) => serves(index, part))
      })
    })
    expect(unused.map(({ collection, name }) => `${collection}.${name}`)).toEqual([])
  })
})

function filtersOf(command: Document): Document[] {
  const { filter, updates, deletes, pipeline, q } = command as Record<string, unknown>
  const stages = (pipeline ?? []) as Document[]
  return [
    ...(filter === undefined ? [] : [filter as Document]),
    ...(q === undefined ? [] : [q as Document]),
    ...((updates ?? []) as { q: Document }[]).map((update) => update.q),
    ...((deletes ?? []) as { q: Document }[]).map((one) => one.q),
    ...stages.flatMap((stage) => {
      const lookup = stage['$lookup'] as { pipeline: Document[] } | undefined
      const [match] = lookup?.pipeline ?? [stage]
      return match?.['$match'] ? [match['$match'] as Document] : []
    }),
  ]
}

function isCovered(collection: string, filter: Document): boolean {
  if (READ_WHOLE.has(collection)) return true
  const branches = filter['$or'] as Document[] | undefined
  if (INDEXES.some((index) => index.collection === collection && serves(index, filter))) return true
  if (isConstrained(filter, '_id')) return true
  return branches?.every((branch) => isCovered(collection, branch)) ?? false
}

/** Whether the index begins with what the filter fixes or bounds; one with some rows only needs that they are asked for. */
function serves({ key, only }: DeclaredIndex, filter: Document): boolean {
  const asksForThem = only === undefined || isConstrained(filter, only)
  const [first = ''] = Object.keys(key)
  return (
    asksForThem &&
    (isConstrained(filter, first) || (only !== undefined && first === '_id') || first.startsWith(`${only}.`))
  )
}

function isConstrained(filter: Document, field: string): boolean {
  if (field === 'trail' && filter['$expr'] !== undefined) return true
  const own: unknown = filter[field]
  if (own !== undefined) return (own as { $exists?: boolean }).$exists !== false
  const every = (filter['$and'] ?? []) as Document[]
  return every.some((part) => isConstrained(part, field))
}

async function useEverything(storage: Storage): Promise<void> {
  const { events, trails, profiles, identities, products, sealedPurchases, progress, apiKeys } = storage
  const list = { names: ['Order Completed'], before: { time: 1, key: 'k' }, limit: 3 }
  await events.append([anEvent('a', { pairs: [['email:e', 'userId:u']] }), anEvent('b')])
  await events.append([anEvent('b', { bodyHash: 'other' })])
  await events.findPendingTrails(null, 3)
  await events.readPending(['trail-1'], 3)
  await events.mark([aMark('a'), aMark('unknown', { outcome: 'parked' })])
  await events.listParked(null, 3)
  await events.release([{ key: 'a', attempt: 0 }])
  await events.readFolded([{ trail: 'trail-1', aboveVersion: 0, after: { time: 1, key: 'k' } }], 3)
  await events.scanTrails(0, null, 3)
  await events.findUnlinked(3)
  await events.clearLinks(['a'])
  await events.get(['a'])
  await events.listByTrails([['trail-1']], list)
  await events.conflictsOf(['b'], 3)
  await events.conflictsByTrails([['trail-1']], 3)
  await events.oldestPending([['userId:17850']])
  await events.backlog()
  await events.countByTrails([['trail-1']], ['track'])
  await events.scan(['track'], null, 3)
  await events.stats()
  await events.readPurchases([
    { trail: 'trail-1', ref: 'o-1', except: [], held: [{ version: 1, before: null }] },
  ])
  await events.listPurchases('trail-1', null, 3)
  await events.readSealed([{ trail: 'trail-1', before: 1, version: 1 }], 3)
  await events.deleteFolded(['a'])
  await sealedPurchases.get([{ trail: 'trail-1', ref: 'o-1' }])
  await sealedPurchases.list('trail-1', null, 3)
  await trails.put([aTrail('t', 1), aTrail('u', 1)])
  await trails.put([aTrail('t', 2), aTrail('u', 3)])
  await trails.get(['t'])
  await trails.findByHomes(['p_t'])
  await trails.findDirty(null, 3)
  await trails.dirtyEvents(['p_t'])
  await trails.clearDirty([{ id: 't', version: 2 }])
  await trails.list(null, 3)
  await trails.bases(['t'])
  await profiles.put([aWrite('p', 1)])
  await profiles.get(['p'])
  await profiles.findOutbox(null, 3)
  await profiles.trimOutbox([{ id: 'p', version: 1 }])
  await profiles.findUnpublished(null, 3)
  await profiles.clearUnpublished([{ id: 'p', version: 1 }])
  await profiles.findDue(1, 3)
  await profiles.search(['a', 'b'], null, 3)
  await profiles.list(null, 3)
  await profiles.stats()
  await identities.putRows([aRow('userId:u')])
  await identities.rows(['userId:u'])
  await identities.rowsOfProfiles(['p'])
  await identities.recordPairs([aPair('a', 1)])
  await identities.findPendingPairs(3)
  await identities.settlePairs(1, [{ pairId: 'a', decision: { kind: 'refuse', reason: 'too-many-keys' } }])
  await identities.pairs(['a'])
  await identities.pairsOfKeys(['userId:a'])
  await identities.listPairs(null, 3)
  await identities.reopenRefused(null, 3)
  await identities.requestUndos([anUndo('a', 1)])
  await identities.findPendingUndos(3)
  await identities.undosOfKeys(['userId:a'])
  await identities.settleUndos(1, ['a'])
  await identities.head()
  await identities.insertBatch(aBatch(1))
  await identities.setBatchDone(1)
  await identities.listBatches(0, 3)
  await products.put([aProduct('x', 1)])
  await products.get(['x'])
  await products.findOutbox(null, 3)
  await products.trimOutbox([{ id: 'x', version: 1 }])
  await products.list(null, 3)
  await apiKeys.get('k')
  await apiKeys.list()
  await progress.get('job')
}
