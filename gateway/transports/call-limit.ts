export interface CallLimitOptions {
  /** Calls that run at the same time. */
  maxConcurrentCalls: number
  /** Calls that wait for one of them to end; what comes on top is refused. */
  maxQueuedCalls: number
}

/** Something that runs when it is its turn. */
export interface QueuedCall {
  start(): void
}

/** Bounds how many calls of a subgraph run and wait, first come, first served. */
export interface CallLimit {
  readonly running: number
  readonly queued: number
  /** Starts the call now or later, or refuses it. Whatever starts must `leave` once. */
  enter(call: QueuedCall): 'started' | 'queued' | 'refused'
  /** Takes a call out of the queue; false when it is not there. */
  withdraw(call: QueuedCall): boolean
  leave(): void
  /** When nothing runs or waits, which may be now. */
  idle(): Promise<void>
}

export function createCallLimit({ maxConcurrentCalls, maxQueuedCalls }: CallLimitOptions): CallLimit {
  let running = 0
  const queue = new Set<QueuedCall>()
  const onIdle: (() => void)[] = []

  return {
    get running() {
      return running
    },
    get queued() {
      return queue.size
    },

    enter(call) {
      if (running < maxConcurrentCalls) {
        running++
        call.start()
        return 'started'
      }
      if (queue.size >= maxQueuedCalls) return 'refused'
      queue.add(call)
      return 'queued'
    },

    withdraw: (call) => queue.delete(call),

    leave() {
      for (const next of queue) {
        queue.delete(next)
        next.start()
        return
      }
      running--
      if (running === 0) for (const tell of onIdle.splice(0)) tell()
    },

    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
  }
}
