import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Log } from '../../platform/log.ts'
import { StorageError } from '../ports.ts'
import { createPendingWrites } from './pending-writes.ts'
import type { Writer, WriterLimits } from './writer.ts'
import type { PostedWrite, WriterCommand, WriterReply, WriterThreadData } from './writer-thread.ts'
import type { WriteArgument, WriteName, WriteResult } from './writes/operations.ts'

/**
 * Writes in a thread of their own, so that reads never wait for an fsync. What one turn of the event loop has asked for
 * goes there together. When the thread dies, every write that
 * waits and every later one rejects with StorageError: the process has to be started again.
 */
export function createThreadedWriter(options: { worker: Worker; limits: WriterLimits; log: Log }): Writer {
  const { worker, limits, log } = options
  const pending = createPendingWrites(limits.maxQueuedOps)
  worker.unref()
  const post = (command: WriterCommand): void => worker.postMessage(command)
  let asked: PostedWrite[] = []

  const postAsked = (): void => {
    const writes = asked
    asked = []
    post({ kind: 'write', writes })
  }

  worker.on('message', (reply: WriterReply) => {
    for (const { id, outcome } of reply) pending.settle(id, outcome)
    if (pending.size === 0) worker.unref()
  })
  worker.on('error', (error) => {
    log.error({ err: error }, 'the writer thread failed')
    pending.fail(stopped(error))
  })
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      pending.fail(stopped(undefined))
      resolve()
    })
  })

  return {
    run: async <N extends WriteName>(name: N, argument: WriteArgument<N>) => {
      const { id, outcome } = pending.add()
      // The process stays alive for a write that waits, and for nothing else of the thread's.
      worker.ref()
      if (asked.length === 0) setImmediate(postAsked)
      asked.push({ id, operation: { name, argument } })
      return (await outcome) as WriteResult<N>
    },
    get waiting() {
      return pending.size
    },
    [Symbol.asyncDispose]: async () => {
      await pending.close()
      worker.ref()
      post({ kind: 'close' })
      const giveUp = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS)
      await exited
      clearTimeout(giveUp)
    },
  }
}

/** A thread that writes to this database file. */
export function startWriterThread(file: string, limits: WriterLimits): Worker {
  return new Worker(threadFile(), {
    workerData: { file, maxGroupOps: limits.maxGroupOps } satisfies WriterThreadData,
    // None of the process's own flags: some of them (--input-type) keep a thread from starting.
    execArgv: [],
  })
}

/** For the last checkpoint, which copies some tens of megabytes at most. */
const CLOSE_TIMEOUT_MS = 10_000

/** Node runs compiled threads only: started from the sources (tests), the thread comes out of `dist/`. */
function threadFile(): string {
  const file = import.meta.url.endsWith('.ts')
    ? new URL('../../dist/storage/embedded/writer-thread.js', import.meta.url)
    : new URL('writer-thread.js', import.meta.url)
  const path = fileURLToPath(file)
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\``)
  return path
}

function stopped(cause: unknown): StorageError {
  const message = 'The writer of the store has stopped. Start the process again; the log has the cause.'
  return new StorageError(message, { retryable: true, cause })
}
