import { StorageError } from '../ports.ts'
import { asStorageError, closedError } from './failures.ts'

/** Calls of the store that are under way: a bounded number, and closing waits for them. */
export interface Calls {
  /** Runs it, and turns what the driver throws into what the port promises. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Takes nothing more; resolves when none is under way. */
  close(): Promise<void>
}

/** More wait behind the pool's connections than can be answered in time. */
const MAX_CALLS = 5_000

export function createCalls(maxCalls = MAX_CALLS): Calls {
  let running = 0
  let closed = false
  let drained: (() => void) | null = null

  return {
    run: async (call) => {
      if (closed) throw closedError()
      if (running >= maxCalls) {
        const message = `The store has ${maxCalls} calls under way and takes no more now; nothing was written.`
        throw new StorageError(message, { retryable: true })
      }
      running++
      try {
        return await call()
      } catch (error) {
        throw asStorageError(error)
      } finally {
        running--
        if (running === 0) drained?.()
      }
    },
    close: async () => {
      closed = true
      if (running > 0) await new Promise<void>((resolve) => (drained = resolve))
    },
  }
}
