import type { Sleep } from '../../platform/sleep.ts'
import { isSettled, type SettledStores } from '../is-settled.ts'
import type { Worker } from './worker.ts'

export interface WorkerElsewhereOptions {
  storage: SettledStores
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
      while (!stopping.signal.aborted && !(await isSettled(storage))) await sleep(pollMs, stopping.signal)
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
    },
  }
}
