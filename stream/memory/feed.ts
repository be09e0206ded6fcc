import type { Change, ChangeFeed, FeedMessage, FeedSubscription } from '../ports.ts'

/** The change feed of one process: what is appended reaches every subscriber that is attached at that moment. */
export function createMemoryFeed(): ChangeFeed {
  const subscribers = new Map<string, Set<Subscriber>>()
  let open = true

  const detach = (topic: string, subscriber: Subscriber): void => {
    const set = subscribers.get(topic)
    set?.delete(subscriber)
    if (set?.size === 0) subscribers.delete(topic)
  }

  return {
    append(changes) {
      if (!open) return Promise.reject(new Error('the change feed is closed'))
      for (const change of changes) {
        for (const topic of [topicOf(change.entity), topicOf(change.entity, change.id)]) {
          for (const subscriber of subscribers.get(topic) ?? []) subscriber.push(change)
        }
      }
      return Promise.resolve()
    },

    subscribe(options) {
      const topic = topicOf(options.entity, options.id)
      const subscriber = new Subscriber(options, () => detach(topic, subscriber))
      if (!open) {
        subscriber.end()
        return subscriber
      }
      const set = subscribers.get(topic) ?? new Set()
      subscribers.set(topic, set.add(subscriber))
      return subscriber
    },

    [Symbol.asyncDispose]() {
      open = false
      for (const set of subscribers.values()) for (const subscriber of set) subscriber.end()
      return Promise.resolve()
    },
  }
}

function topicOf(entity: Change['entity'], id?: string): string {
  return id === undefined ? entity : `${entity} ${id}`
}

class Subscriber implements AsyncIterableIterator<FeedMessage> {
  readonly #queue: FeedMessage[] = []
  readonly #maxQueued: number
  readonly #onEnd: () => void
  readonly #signal: AbortSignal | undefined
  readonly #waiting: ((result: IteratorResult<FeedMessage>) => void)[] = []
  #ended = false

  constructor(options: FeedSubscription, onEnd: () => void) {
    this.#maxQueued = options.maxQueued
    this.#onEnd = onEnd
    this.#signal = options.signal
    this.#signal?.addEventListener('abort', this.end, { once: true })
  }

  push(change: Change): void {
    const waiting = this.#waiting.shift()
    if (waiting) {
      waiting({ done: false, value: { kind: 'change', change } })
    } else if (this.#queue.length < this.#maxQueued) {
      this.#queue.push({ kind: 'change', change })
    } else {
      // Everything that waited is superseded by the state that the reader of a gap reads.
      this.#queue.splice(0, this.#queue.length, { kind: 'gap' })
    }
  }

  next(): Promise<IteratorResult<FeedMessage>> {
    const message = this.#queue.shift()
    if (message) return Promise.resolve({ done: false, value: message })
    if (this.#ended || this.#signal?.aborted) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  return(): Promise<IteratorResult<FeedMessage>> {
    this.#queue.length = 0
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  end = (): void => {
    if (this.#ended) return
    this.#ended = true
    this.#signal?.removeEventListener('abort', this.end)
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined })
    this.#onEnd()
  };

  [Symbol.asyncIterator](): this {
    return this
  }
}
