import { expect, test } from 'vitest'
import { aBatch, aChange, anEvent, anUndo, aPair, aTrail, aWrite } from '../storage/contract/documents.ts'
import type { Storage } from '../storage/ports.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { isSettled } from './is-settled.ts'

test.each<[where: string, put: (storage: Storage) => Promise<unknown>]>([
  ['an event that is not folded', ({ events }) => events.append([anEvent('e')])],
  ['a pair that is not decided', ({ identities }) => identities.recordPairs([aPair('a', 1)])],
  ['an undo that waits', ({ identities }) => identities.requestUndos([anUndo('u', 1)])],
  ['a batch of which a part may not be done', ({ identities }) => identities.insertBatch(aBatch(1))],
  ['a trail that its profile does not show', ({ trails }) => trails.put([aTrail('t', 1)])],
  ['a change that is not told', ({ profiles }) => profiles.put([aWrite('p', 1, { outbox: [aChange(1)] })])],
])('%s is work that is left', async (_where, put) => {
  const storage = openMemoryStorage()
  expect(await isSettled(storage)).toBe(true)
  await put(storage)
  expect(await isSettled(storage)).toBe(false)
})
