import type { FeedMessage, FeedSubscription, LiveFeedMessage } from './ports.ts'

export interface SubscriberOptions extends FeedSubscription {
  liveness?: boolean
  /** That of the only entity it follows; null when it follows all partitions. */
  partition: number | null
}

/**
 * What one subscriber has not taken yet. Only changes and gaps count for its bound; that partitions are attached, and
 * whether the feed can be read, is never dropped.
 */
export class Subscriber implements AsyncIterableIterator<LiveFeedMessage> {
  readonly partition: number | null
  readonly #queue: LiveFeedMessage[] = []
  readonly #options: SubscriberOptions
  readonly #onEnd: () => void
  readonly #waiting: ((result: IteratorResult<LiveFeedMessage>) => void)[] = []
  #counted = 0
  #ended = false

  constructor(options: SubscriberOptions, onEnd: () => void) {
    this.partition = options.partition
    this.#options = options
    this.#onEnd = onEnd
    options.signal?.addEventListener('abort', this.end, { once: true })
  }

  push(message: FeedMessage): void {
    if (this.#deliver(message)) return
    if (this.#counted < this.#options.maxQueued) {
      this.#queue.push(message)
      this.#counted++
    } else {
      this.#dropAll(message)
    }
  }

  pushLiveness(message: Exclude<LiveFeedMessage, FeedMessage>): void {
    if (!this.#options.liveness || this.#deliver(message)) return
    const last = this.#queue.at(-1)
    const replaces = message.kind !== 'attached' && (last?.kind === 'lost' || last?.kind === 'back')
    this.#queue.splice(replaces ? -1 : this.#queue.length, replaces ? 1 : 0, message)
  }

  next(): Promise<IteratorResult<LiveFeedMessage>> {
    const message = this.#queue.shift()
    if (message) {
      if (message.kind === 'change' || message.kind === 'gap') this.#counted--
      return Promise.resolve({ done: false, value: message })
    }
    if (this.#ended || this.#options.signal?.aborted) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  return(): Promise<IteratorResult<LiveFeedMessage>> {
    this.#queue.length = 0
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  end = (): void => {
    if (this.#ended) return
    this.#ended = true
    this.#options.signal?.removeEventListener('abort', this.end)
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined })
    this.#onEnd()
  };

  [Symbol.asyncIterator](): this {
    return this
  }

  #deliver(message: LiveFeedMessage): boolean {
    const waiting = this.#waiting.shift()
    waiting?.({ done: false, value: message })
    return waiting !== undefined
  }

  /** Everything that waited is superseded by the state that the reader of a gap reads. */
  #dropAll({ position }: FeedMessage): void {
    const attached = this.#queue.filter(({ kind }) => kind === 'attached')
    const state = this.#queue.findLast(({ kind }) => kind === 'lost' || kind === 'back')
    const gap: FeedMessage =
      this.partition === null
        ? { kind: 'gap', partition: 'all', position: null }
        : { kind: 'gap', partition: this.partition, position }
    this.#queue.splice(0, this.#queue.length, ...attached, gap, ...(state ? [state] : []))
    this.#counted = 1
  }
}
