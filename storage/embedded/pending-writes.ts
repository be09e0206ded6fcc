import { StorageError } from '../ports.ts'
import { closedError } from './failures.ts'
import type { Outcome } from './writer.ts'

/** The writes that were asked for and have no outcome yet: a bounded number, and each of them is settled once. */
export interface PendingWrites {
  readonly size: number
  /** Throws StorageError when nothing more is taken: closed, failed, or `maxQueuedOps` already wait. */
  add(): { id: number; outcome: Promise<unknown> }
  settle(id: number, outcome: Outcome): void
  /** Rejects all that wait and all that come later. */
  fail(error: StorageError): void
  /** Takes nothing more; resolves when none is left waiting. */
  close(): Promise<void>
}

export function createPendingWrites(maxQueuedOps: number): PendingWrites {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let refusal: StorageError | null = null
  let drained: (() => void) | null = null

  const remove = (id: number) => {
    const write = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) drained?.()
    return write
  }

  return {
    get size() {
      return waiting.size
    },
    add: () => {
      if (refusal) throw refusal
      if (waiting.size >= maxQueuedOps) {
        const message = `The store has ${maxQueuedOps} writes waiting and takes no more now; nothing was written.`
        throw new StorageError(message, { retryable: true })
      }
      const id = ++lastId
      const outcome = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }))
      return { id, outcome }
    },
    settle: (id, outcome) => {
      const write = remove(id)
      if (outcome.ok) write?.resolve(outcome.value)
      else write?.reject(new StorageError(outcome.message, { retryable: outcome.retryable }))
    },
    fail: (error) => {
      refusal ??= error
      for (const id of waiting.keys()) remove(id)?.reject(error)
    },
    close: async () => {
      refusal ??= closedError()
      if (waiting.size > 0) await new Promise<void>((resolve) => (drained = resolve))
    },
  }
}
