export interface BoundedQueueOptions {
  maxAtOnce: number
  maxWaiting: number
}

/** Runs at most so many works at once; others wait their turn. Undefined when too many wait already. */
export type BoundedQueue = <T>(work: () => Promise<T>) => Promise<T> | undefined

export function createBoundedQueue({ maxAtOnce, maxWaiting }: BoundedQueueOptions): BoundedQueue {
  const waiting: (() => void)[] = []
  let running = 0

  return (work) => {
    if (running < maxAtOnce) return run(work)
    if (waiting.length >= maxWaiting) return undefined
    return new Promise<void>((resolve) => waiting.push(resolve)).then(() => run(work))
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
