import { createPendingWrites } from './pending-writes.ts'
import type { Database } from './sqlite.ts'
import { createGroupWriter, type Operation, type Writer, type WriterLimits } from './writer.ts'
import type { WriteArgument, WriteName, WriteResult } from './writes/operations.ts'

/**
 * Writes in the caller's own thread: what one turn of the event loop has asked for is committed at its end. Reads
 * wait while a group commits, so this suits commands that mostly write, and tests.
 */
export function createInlineWriter(open: () => Database, limits: WriterLimits): Writer {
  const group = createGroupWriter(open)
  const pending = createPendingWrites(limits.maxQueuedOps)
  const queue: { id: number; operation: Operation }[] = []
  let scheduled = false

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }
  const flush = (): void => {
    scheduled = false
    const taken = queue.splice(0, limits.maxGroupOps)
    if (queue.length > 0) schedule()
    const outcomes = group.execute(taken.map(({ operation }) => operation))
    for (const [i, outcome] of outcomes.entries()) pending.settle(taken[i]?.id ?? 0, outcome)
  }

  return {
    run: async <N extends WriteName>(name: N, argument: WriteArgument<N>) => {
      const { id, outcome } = pending.add()
      queue.push({ id, operation: { name, argument } })
      schedule()
      return (await outcome) as WriteResult<N>
    },
    get waiting() {
      return pending.size
    },
    [Symbol.asyncDispose]: async () => {
      await pending.close()
      group.close()
    },
  }
}
