import type { Sleep } from '../../platform/sleep.ts'
import { isSettled, type SettledStores } from '../is-settled.ts'
import type { Work, Worker } from './worker.ts'

export interface WorkerElsewhereOptions {
  storage: SettledStores
  sleep: Sleep
  /** Tells those who work. */
  onWake: (work: Work) => void
  pollMs?: number
}

/** Stands for the workers of other processes, which share the store. */
export function createWorkerElsewhere(options: WorkerElsewhereOptions): Worker {
  const { storage, sleep, onWake, pollMs = 50 } = options
  const stopping = new AbortController()

  return {
    wake: onWake,
    async settled() {
      onWake('anything')
      while (!stopping.signal.aborted && !(await isSettled(storage))) await sleep(pollMs, stopping.signal)
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
    },
  }
}
