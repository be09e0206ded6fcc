import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { ProductPatch } from '../core/products/product.ts'
import { loadDemo, type DemoOptions } from './load-demo.ts'

const NOW = Date.parse('2026-03-05T08:00:00.000Z')

/** A data folder: events by their key, products by id, and progress. `failAfter` batches of events it breaks down. */
function dataFolder(failAfter = Infinity): Folder {
  const events = new Map<string, JsonObject>()
  const products = new Map<string, ProductPatch>()
  const progress = new Map<string, JsonObject>()
  let batches = 0
  return {
    events,
    products,
    options: {
      accept: async (raws) => {
        if (++batches > failAfter) throw new Error('killed')
        return (raws as JsonObject[]).map((raw) => {
          const key = JSON.stringify([raw['userId'] ?? raw['anonymousId'], raw['messageId']])
          const known = events.get(key)
          events.set(key, known ?? raw)
          if (known === undefined) return { outcome: 'stored' }
          return { outcome: JSON.stringify(known) === JSON.stringify(raw) ? 'duplicate' : 'conflict' }
        })
      },
      products: {
        upsert: async (patches) => {
          for (const patch of patches) products.set(patch.id, patch)
        },
      },
      progressStore: {
        get: async (id) => progress.get(id) ?? null,
        put: async (id, value) => void progress.set(id, value),
      },
      clock: () => NOW,
      projectRoot: '.',
    },
    recover: () => (failAfter = Infinity),
  }
}

interface Folder {
  events: Map<string, JsonObject>
  products: Map<string, ProductPatch>
  options: DemoOptions
  recover: () => void
}

const timesOf = (folder: Folder): number[] =>
  [...folder.events.values()].map((event) => Date.parse(event['timestamp'] as string))

test('loads everything once, the newest order within the last day and nothing in the future', async () => {
  const folder = dataFolder()
  const seen: number[] = []
  const summary = await loadDemo({
    ...folder.options,
    onProgress: ({ done, total }) => seen.push(done / total),
  })
  expect(summary).toMatchObject({ customers: 360, products: folder.products.size })
  expect(summary?.events).toEqual({ stored: folder.events.size, duplicate: 0, conflict: 0, rejected: 0 })
  expect(Math.max(...timesOf(folder))).toBe(summary?.newestAt)
  expect(NOW - (summary?.newestAt ?? 0)).toBeLessThan(86_400_000)
  expect(new Date(summary?.newestAt ?? 0).toISOString()).toBe('2026-03-04T12:50:00.000Z')
  expect(seen.at(-1)).toBe(1)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})

test('a second start, days later, changes nothing', async () => {
  const folder = dataFolder()
  await loadDemo(folder.options)
  const before = structuredClone([...folder.events])
  expect(await loadDemo({ ...folder.options, clock: () => NOW + 5 * 86_400_000 })).toBeNull()
  expect([...folder.events]).toEqual(before)
})

test('goes on after it was killed, days later, as if nothing had happened', async () => {
  const whole = dataFolder()
  await loadDemo(whole.options)
  const folder = dataFolder(7)
  await expect(loadDemo(folder.options)).rejects.toThrow('killed')
  const stored = folder.events.size
  folder.recover()
  const summary = await loadDemo({ ...folder.options, clock: () => NOW + 5 * 86_400_000 })
  expect(stored).toBeGreaterThan(0)
  expect(summary?.events).toEqual({
    stored: whole.events.size - stored,
    duplicate: stored,
    conflict: 0,
    rejected: 0,
  })
  expect(Object.fromEntries(folder.events)).toEqual(Object.fromEntries(whole.events))
})

test('says which file is missing', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'monogram-demo-'))
  try {
    await expect(loadDemo({ ...dataFolder().options, projectRoot: empty })).rejects.toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
      message: expect.stringContaining(
        'manifest.json: expected the demo data that comes with Monogram',
      ) as string,
    })
  } finally {
    await rm(empty, { recursive: true })
  }
})
