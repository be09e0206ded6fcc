import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { StorageError } from '../ports.ts'
import { openConnection } from './connection.ts'
import { migrate } from './migrations.ts'
import { createThreadedWriter, startWriterThread } from './threaded-writer.ts'
import { WRITER_LIMITS, type Writer } from './writer.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  file = join(dir, 'monogram.db')
  const db = openConnection(file, 'writer')
  migrate(db, { file, clock: () => 0 })
  db.close()
})
afterEach(() => rm(dir, { recursive: true }))

const log = silentLog()
const start = (limits = WRITER_LIMITS) => {
  const worker = startWriterThread(file, limits)
  return { worker, writer: createThreadedWriter({ worker, limits, log }) }
}
const put = (writer: Writer, id: string) => writer.run('putProgress', [id, '{}'])

test('answers each write with its own result', async () => {
  const { writer } = start()
  await using closing = writer
  const batch = (n: number) => closing.run('insertBatch', [n, 0, 0, '{}'])
  expect(await Promise.all([batch(1), batch(2), batch(1), put(closing, 'a'), batch(3)])).toEqual([
    true,
    true,
    false,
    null,
    true,
  ])
})

test('rejects what waits and what comes later with StorageError when the thread ends', async () => {
  const { worker, writer } = start()
  await put(writer, 'before')
  void worker.terminate()
  const waiting = [put(writer, 'a'), put(writer, 'b')]
  for (const result of await Promise.allSettled(waiting)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StorageError', retryable: true } })
  }
  await expect(put(writer, 'later')).rejects.toThrow('The writer of the store has stopped')
  await writer[Symbol.asyncDispose]()
})

test('rejects with the cause when the thread fails', async () => {
  const worker = new Worker('throw new Error("out of luck")', { eval: true })
  const writer = createThreadedWriter({ worker, limits: WRITER_LIMITS, log })
  const waiting = put(writer, 'a')
  await expect(waiting).rejects.toBeInstanceOf(StorageError)
  await expect(waiting).rejects.toMatchObject({ cause: { message: 'out of luck' } })
  await expect(put(writer, 'later')).rejects.toBeInstanceOf(StorageError)
  await writer[Symbol.asyncDispose]()
})

test('refuses more waiting operations than its bound, at once', async () => {
  const { writer } = start({ maxQueuedOps: 2, maxGroupOps: 64 })
  await using closing = writer
  const writes = ['a', 'b', 'c'].map((id) => put(closing, id))
  await expect(writes[2]).rejects.toMatchObject({ name: 'StorageError', retryable: true })
  await Promise.all(writes.slice(0, 2))
  await put(closing, 'c')
})
