import { expect } from 'vitest'
import type { ApiKeyRecord } from '../../core/access/principal.ts'
import type { ContractCase } from './case.ts'

export function accessCases(test: ContractCase): void {
  test('keeps API keys, and the last word on each', async ({ apiKeys }) => {
    const key: ApiKeyRecord = {
      id: 'k1',
      name: 'Žofie’s shop',
      scopes: ['ingest', 'read'],
      secretHmac: 'hmac',
      createdAt: 1,
      revokedAt: null,
    }
    const other = { ...key, id: 'k2', createdAt: 2 }
    await apiKeys.put(key)
    await apiKeys.put(other)
    await apiKeys.put({ ...key, revokedAt: 9 })
    expect(await apiKeys.get('k1')).toEqual({ ...key, revokedAt: 9 })
    expect(await apiKeys.get('unknown')).toBeNull()
    expect((await apiKeys.list()).map(({ id }) => id).sort()).toEqual(['k1', 'k2'])
    expect(await apiKeys.list()).toContainEqual(other)
  })

  test('keeps the progress of a job, and the last word on it', async ({ progress }) => {
    expect(await progress.get('import:a')).toBeNull()
    await progress.put('import:a', { line: 1 })
    await progress.put('import:b', { line: 7 })
    await progress.put('import:a', { line: 2, file: 'ž.csv', seen: [true, null] })
    expect(await progress.get('import:a')).toEqual({ line: 2, file: 'ž.csv', seen: [true, null] })
    expect(await progress.get('import:b')).toEqual({ line: 7 })
  })

  test('of many who put something where nothing is, one does, and all learn what is there', async ({
    progress,
  }) => {
    const given = Array.from({ length: 8 }, (_, n) => ({ n }))
    const found = await Promise.all(given.map((each) => progress.putIfAbsent('deployment', each)))
    const there = await progress.get('deployment')
    expect(given).toContainEqual(there)
    expect(found).toEqual(given.map(() => there))
  })
}
