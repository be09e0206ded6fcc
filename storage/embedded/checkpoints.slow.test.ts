import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkpoint, openConnection } from './connection.ts'
import { openEmbeddedStorage } from './open.ts'

const MEGABYTE = 'x'.repeat(1_000_000)

test('the log file stays short while writes go on, and all of them are there', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  const logs: number[] = []
  {
    await using storage = await openEmbeddedStorage({ dir, writer: 'thread' })
    const other = openConnection(join(dir, 'monogram.db'), 'reader')
    for (let n = 0; n < 120; n++) {
      await storage.progress.put(String(n), { n, MEGABYTE })
      logs.push(checkpoint(other, 'NOOP').log)
    }
    other.close()
    expect((await storage.progress.get('119'))?.['n']).toBe(119)
  }
  // 120 MB were written, in pages of 4 KiB.
  expect(Math.max(...logs)).toBeLessThan(20_000)
  expect(Math.max(...logs)).toBeGreaterThan(4_000)

  await using again = await openEmbeddedStorage({ dir, writer: 'inline' })
  const found = await Promise.all(logs.map((_, n) => again.progress.get(String(n))))
  expect(found.map((progress) => progress?.['n'])).toEqual(logs.map((_, n) => n))
  await rm(dir, { recursive: true })
})
