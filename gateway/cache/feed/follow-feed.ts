import type { ChangeFeed, LiveFeedMessage } from '../../../stream/ports.ts'
import type { Log } from '../../../platform/log.ts'

/** What a cache does with what the change feed tells. */
export interface FeedFollower {
  /** `isGone`: of what was kept of it nothing may stand in for it. */
  change(typeName: string, id: string, version: number, options?: { isGone?: boolean }): void
  /** Also when a position has been fixed for the first time. */
  hold(partition: number | 'all'): void
  lost(): void
  back(): void
}

/** Tells the follower everything until it is disposed of; when the feed ends before that, it is lost. */
export function followFeed(
  feed: ChangeFeed,
  follower: FeedFollower,
  { log, maxQueued = 10_000 }: { log: Log; maxQueued?: number },
): AsyncDisposable {
  const messages = feed.subscribe({ maxQueued, liveness: true })
  let isClosed = false

  const following = (async () => {
    try {
      for await (const message of messages) tell(message, follower)
    } catch (error) {
      log.error({ err: error }, 'following the change feed for the entity cache failed')
    }
    if (!isClosed) follower.lost()
  })()

  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      await messages.return?.()
      await following
    },
  }
}

function tell(message: LiveFeedMessage, follower: FeedFollower): void {
  switch (message.kind) {
    case 'change': {
      const { entity, id, version, erased, mergedInto } = message.change
      return follower.change(entity, id, version, { isGone: erased === true || mergedInto !== undefined })
    }
    // The position of a gap is the end as it is now, so what is read from here on is told when it changes.
    case 'gap':
    case 'attached':
      return follower.hold(message.partition)
    case 'lost':
      return follower.lost()
    case 'back':
      return follower.back()
  }
}
