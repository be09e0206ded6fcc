import { expect } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { StorageError } from '../ports.ts'
import type { ContractCase } from './case.ts'
import { aBatch, aMark, anEvent, aLink, aPair, aProduct, aProfile, aRow, aTrail, ids } from './documents.ts'

export function lifecycleCases(test: ContractCase): void {
  test('is ready once it is open, also for many who ask at once', async (storage) => {
    await Promise.all([storage.ready(), storage.ready(), storage.ready()])
    await storage.ready()
  })

  test('reads see every write that was acknowledged before them', async ({ events, progress }) => {
    for (const key of ids('e', 20)) {
      await events.append([anEvent(key)])
      expect(await events.get([key])).toHaveLength(1)
      await progress.put('job', { key })
      expect(await progress.get('job')).toEqual({ key })
    }
  })

  test('keeps everything when it is closed and opened again', async (storage, reopen) => {
    const linked = anEvent('a', { pairs: [['anonymousId:a', 'userId:u']] })
    await storage.events.append([linked, anEvent('b'), anEvent('b', { bodyHash: 'other' })])
    await storage.events.mark([aMark('b', { outcome: 'parked' })])
    await storage.trails.put([aTrail('t', 1)])
    await storage.profiles.put([{ profile: aProfile('p', 1, { nextChangeAt: 5 }), terms: ['ada'] }])
    await storage.identities.putRows([aRow('userId:u')])
    await storage.identities.recordPairs([aPair('pair', 1)])
    await storage.identities.insertBatch(aBatch(1))
    await storage.products.put([aProduct('85123A', 1)])
    await storage.progress.put('job', { line: 3 })

    const again = await reopen()
    expect(await again.events.stats()).toEqual({ events: 2, pending: 1, parked: 1, conflicts: 1 })
    expect(await again.events.get(['a'])).toEqual([{ ...linked, state: 'pending', trailVersion: null }])
    expect(await again.events.findUnlinked(10)).toHaveLength(1)
    expect((await again.trails.get(['t'])).get('t')).toEqual(aTrail('t', 1))
    expect((await again.profiles.get(['p'])).get('p')).toEqual(aProfile('p', 1, { nextChangeAt: 5 }))
    expect(await again.profiles.search(['ada'], null, 10)).toEqual(['p'])
    expect((await again.identities.rows(['userId:u'])).get('userId:u')).toEqual(aRow('userId:u'))
    expect(await again.identities.findPendingPairs(10)).toEqual([aLink('pair', 1)])
    expect(await again.identities.head()).toEqual(aBatch(1))
    expect((await again.products.get(['85123A'])).get('85123A')).toEqual(aProduct('85123A', 1))
    expect(await again.progress.get('job')).toEqual({ line: 3 })
    expect(await again.events.append([linked])).toEqual(['duplicate'])
  })

  test('carries out what was asked before it was closed', async (storage, reopen) => {
    const asked = ids('e', 30).map((key) => storage.events.append([anEvent(key)]))
    const again = await reopen()
    expect(await Promise.all(asked)).toEqual(asked.map(() => ['stored']))
    expect((await again.events.stats()).events).toBe(30)
  })

  test('refuses everything with StorageError once it is closed, and closes twice without harm', async (storage) => {
    await storage[Symbol.asyncDispose]()
    await storage[Symbol.asyncDispose]()
    const calls: Promise<unknown>[] = [
      storage.ready(),
      storage.events.append([anEvent('a')]),
      storage.events.get(['a']),
      storage.events.scan(null, null, 1),
      storage.trails.put([aTrail('t', 1)]),
      storage.trails.findDirty(null, 1),
      storage.profiles.get(['p']),
      storage.profiles.search(['a'], null, 1),
      storage.identities.head(),
      storage.identities.insertBatch(aBatch(1)),
      storage.products.list(null, 1),
      storage.apiKeys.get('k'),
      storage.progress.put('job', {}),
    ]
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StorageError', retryable: false } })
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(StorageError)
    }
  })

  test('refuses what cannot be kept with TypeError, before any effect', async (storage) => {
    const refused: unknown[] = [undefined, NaN, Infinity, 'NUL \0', '\ud800 half', new Date(0), 1n, new Map()]
    for (const value of refused) {
      const name = value as string
      const calls: (() => Promise<unknown>)[] = [
        () => storage.events.append([anEvent('good'), anEvent('bad', { body: bad(value) })]),
        () => storage.events.append([anEvent('good'), anEvent('bad', { name })]),
        () => storage.trails.put([aTrail('good', 1), aTrail('bad', 1, { identity: name })]),
        () => storage.products.put([aProduct('good', 1), aProduct(name, 1)]),
        () => storage.profiles.put([{ profile: aProfile('good', 1), terms: [name] }]),
        () => storage.identities.putRows([aRow('good'), aRow('bad', { since: value as number })]),
        () => storage.identities.recordPairs([aPair('good', 1), aPair(name, 1)]),
        () => storage.identities.insertBatch(aBatch(1, { losers: [name] })),
        () => storage.progress.put('good', bad(value)),
      ]
      for (const call of calls) await expect(call()).rejects.toBeInstanceOf(TypeError)
    }
    for (const key of ['NUL \0', '\ud800']) {
      await expect(storage.progress.put('good', { [key]: 1 })).rejects.toBeInstanceOf(TypeError)
    }
    for (const time of [undefined, NaN, 1.5, '5', null] as number[]) {
      await expect(storage.events.append([anEvent('bad', { time })])).rejects.toBeInstanceOf(TypeError)
    }
    await expect(storage.events.get([undefined as unknown as string])).rejects.toBeInstanceOf(TypeError)

    expect(await storage.events.get(['good', 'bad'])).toEqual([])
    expect(await storage.trails.get(['good', 'bad'])).toEqual(new Map())
    expect(await storage.products.get(['good'])).toEqual(new Map())
    expect(await storage.profiles.get(['good'])).toEqual(new Map())
    expect(await storage.identities.rows(['good', 'bad'])).toEqual(new Map())
    expect(await storage.identities.findPendingPairs(10)).toEqual([])
    expect(await storage.identities.head()).toBeNull()
    expect(await storage.progress.get('good')).toBeNull()
  })

  test('an empty list of writes does nothing', async (storage) => {
    expect(await storage.events.append([])).toEqual([])
    expect(await storage.trails.put([])).toEqual([])
    expect(await storage.profiles.put([])).toEqual([])
    expect(await storage.products.put([])).toEqual([])
    await storage.events.mark([])
    await storage.events.clearLinks([])
    await storage.trails.clearDirty([])
    await storage.identities.putRows([])
    await storage.identities.recordPairs([])
  })
}

function bad(value: unknown): JsonObject {
  return { nested: [value] } as JsonObject
}
