/** A change of an entity, as the relay tells it and every consumer sees it. */
export interface Change {
  entity: 'Profile' | 'Product'
  id: string
  /** First and last version covered: a range when several changes were told as one. */
  from: number
  version: number
  /** The graph's fields that changed; empty when not known. */
  changed: readonly string[]
  /** Epoch milliseconds of the newest change covered. */
  at: number
  /** For a profile that has become a tombstone: where its own key went. */
  mergedInto?: string
}

/** What a subscriber takes next: a change, or word that changes may have been missed and the state must be read. */
export type FeedMessage = { kind: 'change'; change: Change } | { kind: 'gap' }

/**
 * The change feed: at least once, in order for an entity. Consumers drop `version <= last` and take
 * `from > last + 1` as a gap. It holds nothing that cannot be rebuilt from the store.
 */
export interface ChangeFeed extends AsyncDisposable {
  /** Resolves when every subscriber of this feed will see the changes. Rejects when it is unknown whether they will. */
  append(changes: readonly Change[]): Promise<void>
  /**
   * Begins at once, before the first `next()`: nothing appended after this call is missed. A subscriber that does
   * not keep up with its bound gets one `gap` in place of what was dropped. Ends when the feed is disposed of, when
   * `return()` is called, or when the signal aborts.
   */
  subscribe(options: FeedSubscription): AsyncIterableIterator<FeedMessage>
}

export interface FeedSubscription {
  entity: Change['entity']
  /** Only this entity; all of that type when absent. */
  id?: string
  maxQueued: number
  signal?: AbortSignal
}
