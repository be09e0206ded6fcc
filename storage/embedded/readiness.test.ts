import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openConnection } from './connection.ts'
import { createInlineWriter } from './inline-writer.ts'
import { migrate } from './migrations.ts'
import { watchWriter } from './readiness.ts'
import { WRITER_LIMITS } from './writer.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  file = join(dir, 'monogram.db')
  const db = openConnection(file, 'reader')
  migrate(db, { file, clock: () => 0 })
  db.close()
})
afterEach(() => rm(dir, { recursive: true }))

test('a disk that took no batch is not ready for taking a row, until there is room for a batch', async () => {
  let pagesLeft = 20
  const open = () => {
    const connection = openConnection(file, 'writer')
    const [pages = 0] = connection.prepare<[number]>('PRAGMA page_count').get() ?? []
    connection.exec(`PRAGMA max_page_count = ${pages + pagesLeft}`)
    return connection
  }
  const own = createInlineWriter(open, WRITER_LIMITS)
  const { writer, ready } = watchWriter(own)
  await using _ = writer
  await ready()

  await expect(writer.run('putProgress', ['batch', 'x'.repeat(200_000)])).rejects.toThrow('full')
  await writer.run('putProgress', ['row', '{}'])
  await expect(ready()).rejects.toThrow('full')
  await expect(ready()).rejects.toThrow('full')

  pagesLeft = 10_000
  // The connection with the old bound is given up by the next failure.
  await writer.run('putProgress', ['batch', 'x'.repeat(200_000)]).catch(() => undefined)
  await ready()
  const db = openConnection(file, 'reader')
  expect(db.prepare<[string]>('SELECT id FROM progress').all().flat()).not.toContain('probe')
  db.close()
})
