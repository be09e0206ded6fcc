import { setImmediate, setTimeout } from 'node:timers/promises'
import { BasketIndex } from '../../core/ranking/basket-index.ts'
import type { Log } from '../../platform/log.ts'
import type { EventStore } from '../../storage/ports.ts'
import type { ChangeFeed, FeedMessage } from '../../stream/ports.ts'
import { ORDER_EVENT_NAMES, orderBasket } from './order-baskets.ts'

export interface RecommendationIndexOptions {
  storage: { events: Pick<EventStore, 'scan'> }
  feed: ChangeFeed
  log: Log
  /** How long changes are gathered before the log is read again. */
  catchUpIntervalMs?: number
  /** How often the log is read again from where nothing could have been added any more at the last such reading. */
  lookBackIntervalMs?: number
}

/** What is bought together, as this process knows it. */
export interface RecommendationIndex extends AsyncDisposable {
  readonly baskets: BasketIndex
  /** Resolves when the orders that were in the log at the start are counted, or when it was disposed of before. */
  readonly ready: Promise<void>
}

/** Orders read at a time; the event loop turns between two pages. */
const PAGE_EVENTS = 200

/**
 * Counts the orders of the event log, and goes on as they come. The feed only says that there are new ones: they are
 * read from the log, from the page where the last reading ended. Where many processes write, an order may come up behind
 * that: every half minute the reading begins where the store said that the log was settled, so each event is read four
 * times at most, whatever its rate. So following gives what counting anew would give, whatever the feed repeats, leaves
 * out or tells as a gap; and an order that is read twice counts once. A store that cannot be read is asked again.
 */
export function createRecommendationIndex(options: RecommendationIndexOptions): RecommendationIndex {
  const { storage, feed, log, catchUpIntervalMs = 1_000, lookBackIntervalMs = 30_000 } = options
  const baskets = new BasketIndex()
  const ending = new AbortController()
  const { signal } = ending
  const ready = deferred()
  let position: string | null = null
  let settled: string | null = null
  let isLookBackDue = true
  let ring = deferred()

  // Attached before the first page is read: what comes meanwhile is not missed.
  const messages = feed.subscribe({ entity: 'Profile', maxQueued: 1_000, signal })

  async function listen(): Promise<void> {
    for await (const message of messages) {
      if (mayBringOrders(message)) ring.resolve()
    }
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      ring = deferred()
      try {
        await catchUp()
        ready.resolve()
      } catch (error) {
        if (!signal.aborted)
          log.warn({ err: error }, 'recommendations: cannot read the event log; trying again')
        ring.resolve()
      }
      await pause(catchUpIntervalMs)
      await ring.promise
    }
  }

  async function catchUp(): Promise<void> {
    let isLookBack = isLookBackDue
    if (isLookBack) position = settled
    isLookBackDue = false
    while (!signal.aborted) {
      const page = await storage.events.scan(ORDER_EVENT_NAMES, position, PAGE_EVENTS)
      for (const event of page.events) {
        const basket = orderBasket(event)
        if (basket) baskets.setBasket(basket.order, basket.productIds, basket.at)
      }
      // Pages that are settled as a whole need not be read again; the first one that is not is where to begin next time.
      if (isLookBack) settled = page.settled
      isLookBack &&= page.settled === page.next
      if (page.next === null) return
      position = page.next
      await setImmediate()
    }
  }

  async function pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined)
  }

  const lookBack = setInterval(() => {
    isLookBackDue = true
    ring.resolve()
  }, lookBackIntervalMs).unref()
  const running = Promise.all([listen(), follow()])

  return {
    baskets,
    ready: ready.promise,
    async [Symbol.asyncDispose]() {
      ending.abort()
      clearInterval(lookBack)
      ring.resolve()
      await running
      ready.resolve()
    },
  }
}

/** Whether a change may be an order, or hide one. */
function mayBringOrders(message: FeedMessage): boolean {
  if (message.kind === 'gap') return true
  const { changed } = message.change
  return changed.length === 0 || changed.includes('recentOrders') || changed.includes('metrics')
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
