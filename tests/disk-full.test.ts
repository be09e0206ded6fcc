import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createAccept } from '../ingest/accept.ts'
import { createPathMetrics } from '../ingest/metrics.ts'
import { openConnection } from '../storage/embedded/connection.ts'
import { createEventStore } from '../storage/embedded/events.ts'
import { createInlineWriter } from '../storage/embedded/inline-writer.ts'
import { migrate } from '../storage/embedded/migrations.ts'
import { createReader } from '../storage/embedded/reader.ts'
import { WRITER_LIMITS } from '../storage/embedded/writer.ts'
import { openMemoryStorage } from './support/memory-storage.ts'

const context = { source: 'test', maxEventBytes: 32_768 }
const batch = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'track',
    event: 'Signed Up',
    userId: 'ada',
    messageId: `m-${from + i}`,
    properties: { text: 'x'.repeat(2_000) },
  }))

test('a full disk refuses events clearly, keeps what was acknowledged, and takes events again once there is room', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-full-'))
  const file = join(dir, 'monogram.db')
  const db = openConnection(file, 'reader')
  migrate(db, { file, clock: () => 0 })
  let pagesLeft = 60
  const open = () => {
    const connection = openConnection(file, 'writer')
    const [pages = 0] = connection.prepare<[number]>('PRAGMA page_count').get() ?? []
    connection.exec(`PRAGMA max_page_count = ${pages + pagesLeft}`)
    return connection
  }
  try {
    await using writer = createInlineWriter(open, WRITER_LIMITS)
    const events = createEventStore(createReader(db), writer)
    const metrics = createPathMetrics({ storage: openMemoryStorage(), clock: () => 0 })
    const accept = createAccept({ events, clock: () => 0, onStored: () => undefined, metrics })

    let acknowledged = 0
    const fill = async () => {
      for (;;) acknowledged += (await accept(batch(acknowledged, 10), context)).length
    }
    await expect(fill()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE', status: 503 })
    expect(acknowledged).toBeGreaterThan(0)
    pagesLeft = 0
    await expect(accept(batch(acknowledged, 10), context)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
    expect(await events.stats()).toMatchObject({ events: acknowledged })
    expect(await counted(metrics)).toEqual({ stored: acknowledged, refused: 20 })

    pagesLeft = 10_000
    // The connection with the old bound is given up by the next failure.
    await accept(batch(acknowledged, 10), context).catch(() => undefined)
    const again = await accept(batch(0, acknowledged + 20), context)
    expect(again.every(({ outcome }) => outcome === 'stored' || outcome === 'duplicate')).toBe(true)
    expect(await events.stats()).toMatchObject({ events: acknowledged + 20 })
  } finally {
    db.close()
    await rm(dir, { recursive: true })
  }
})

async function counted({ all }: ReturnType<typeof createPathMetrics>): Promise<Record<string, number>> {
  const told = await Promise.all(all.map((metric) => metric.get()))
  const events = told.find(({ name }) => name === 'monogram_events_total')
  return Object.fromEntries(
    (events?.values ?? []).map(({ labels, value }) => [String(labels['outcome']), value]),
  )
}
