import type { Sleep } from '../platform/sleep.ts'
import type { Storage } from '../storage/ports.ts'
import type { Worker } from './worker.ts'

export interface WorkerElsewhereOptions {
  storage: Pick<Storage, 'events' | 'trails' | 'profiles'>
  sleep: Sleep
  /** Tells those who work. */
  onWake: () => void
  pollMs?: number
}

/** Stands for the workers of other processes, which share the store. */
export function createWorkerElsewhere(options: WorkerElsewhereOptions): Worker {
  const { storage, sleep, onWake, pollMs = 50 } = options
  const stopping = new AbortController()

  return {
    wake: onWake,
    async settled() {
      onWake()
      while (!stopping.signal.aborted && (await isWaiting())) await sleep(pollMs, stopping.signal)
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
    },
  }

  async function isWaiting(): Promise<boolean> {
    const [{ pending }, unlinked, dirty, { outbox }] = await Promise.all([
      storage.events.backlog(),
      storage.events.findUnlinked(1),
      storage.trails.findDirty(null, 1),
      storage.profiles.stats(),
    ])
    return pending > 0 || unlinked.length > 0 || dirty.length > 0 || outbox > 0
  }
}
