import { MonogramError } from '../../core/errors.ts'
import type { DeliveryPolicy } from '../../schema/generated/profiles.ts'
import type { Change, FeedMessage } from '../../stream/ports.ts'

/** Changes that may have been missed, or one or more that were told. */
export type WaitingChange =
  { kind: 'gap' } | ({ kind: 'change' } & Pick<Change, 'from' | 'version' | 'changed'>)

/** What a subscriber has not taken yet. */
export interface WaitingChanges {
  /** Resolves with the next, as soon as there is one; with null when the feed has ended. */
  take(): Promise<WaitingChange | null>
}

/**
 * Empties a feed as it fills, so that what is kept for a slow subscriber is decided here: LATEST keeps one change that
 * covers all that wait; ALL keeps each, and when there are more than `maxWaiting`, `take` rejects with
 * SUBSCRIBER_TOO_SLOW. Ends when the feed does.
 */
export function collectChanges(
  feed: AsyncIterable<FeedMessage>,
  policy: DeliveryPolicy,
  maxWaiting: number,
): WaitingChanges {
  let waiting: WaitingChange[] = []
  let end: { error: unknown } | 'closed' | null = null
  let wake: (() => void) | null = null

  const collect = async (): Promise<void> => {
    try {
      for await (const message of feed) {
        const next = toWaiting(message)
        const last = waiting.at(-1)
        if (policy === 'LATEST' && last) waiting = [cover(last, next)]
        else waiting.push(next)
        if (waiting.length > maxWaiting) throw tooSlow(maxWaiting)
        wake?.()
      }
      end = 'closed'
    } catch (error) {
      waiting = []
      end = { error }
    }
    wake?.()
  }
  void collect()

  return {
    async take() {
      for (;;) {
        const next = waiting.shift()
        if (next) return next
        if (end === 'closed') return null
        if (end) throw end.error
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = null
      }
    },
  }
}

function toWaiting(message: FeedMessage): WaitingChange {
  if (message.kind === 'gap') return message
  const { from, version, changed } = message.change
  return { kind: 'change', from, version, changed }
}

/** One that covers both; a gap when either is one, or when something is missing between them. */
function cover(a: WaitingChange, b: WaitingChange): WaitingChange {
  if (a.kind === 'gap' || b.kind === 'gap' || b.from > a.version + 1) return { kind: 'gap' }
  const known = a.changed.length > 0 && b.changed.length > 0
  return {
    kind: 'change',
    from: Math.min(a.from, b.from),
    version: Math.max(a.version, b.version),
    changed: known ? [...new Set([...a.changed, ...b.changed])] : [],
  }
}

function tooSlow(maxWaiting: number): MonogramError {
  return new MonogramError(
    'SUBSCRIBER_TOO_SLOW',
    `more than ${maxWaiting} changes wait to be taken; read faster, or subscribe with policy LATEST`,
  )
}
