import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CheckpointCommand, CheckpointThreadData } from './checkpoint-thread.ts'
import type { LogPages } from './connection.ts'
import type { GroupWriter } from './writer.ts'

/**
 * Keeps the log file short without any commit waiting for it. A thread copies it while commits go on; what they add
 * meanwhile is copied in turn, and when that has become little the writer copies the rest between two groups: a log that
 * is copied to its end begins anew with the next commit.
 */
export interface Checkpoints {
  /** To be called after each group. */
  committed(): void
  close(): Promise<void>
}

/** 16 MB: pages that many events touch (indexes, ends of tables) are copied into the file once for all of them. */
const BEGIN_PAGES = 4_000
/** So many the writer copies itself, in some milliseconds. */
const FINISH_PAGES = 400
/** After a reader has kept the log from beginning anew, or the disk has taken nothing, it is tried again with so many more. */
const AGAIN_PAGES = 1_000

export function createCheckpoints(file: string, group: Pick<GroupWriter, 'checkpoint'>): Checkpoints {
  let thread: Worker | null = null
  let copying: LogPages | null = null
  let beginAt = BEGIN_PAGES
  let lastLog = 0

  return {
    committed() {
      if (copying) return
      const pages = group.checkpoint('NOOP')
      if (!pages) return
      if (pages.log < lastLog) beginAt = BEGIN_PAGES
      lastLog = pages.log
      if (pages.log >= beginAt) copy(pages)
    },
    async close() {
      const worker = thread
      if (!worker) return
      post('close')
      await once(worker, 'exit')
    },
  }

  function copy(pages: LogPages): void {
    copying = pages
    thread ??= start()
    post('copy')
  }

  function copied(): void {
    const before = copying
    copying = null
    const pages = group.checkpoint('NOOP')
    if (!pages) return
    const left = pages.log - pages.copied
    if (left > FINISH_PAGES && pages.copied > (before?.copied ?? 0)) return copy(pages)
    if (left <= FINISH_PAGES) group.checkpoint('PASSIVE')
    beginAt = pages.log + AGAIN_PAGES
  }

  function start(): Worker {
    const worker = new Worker(new URL('checkpoint-thread.js', import.meta.url), {
      workerData: { file } satisfies CheckpointThreadData,
      execArgv: [],
    })
    worker.unref()
    worker.on('message', copied)
    // What ended it, another one may not meet; until then the log grows.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (thread === worker) thread = copying = null
    })
    return worker
  }

  function post(command: CheckpointCommand): void {
    thread?.postMessage(command)
  }
}
