import type { TrailId } from '../../core/events/event.ts'
import type { Clock } from '../../platform/clock.ts'
import { WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

/** How often a worker looks at all the work: what nobody holds for his is not left lying. */
const WHOLE_EVERY_MS = 5_000

/** The share of the moment and now and then, once, everything. */
export function withWholeShares(shareNow: () => WorkerShare, clock: Clock): () => WorkerShare {
  let wholeAt = clock()
  return () => {
    if (clock() - wholeAt < WHOLE_EVERY_MS) return shareNow()
    wholeAt = clock()
    return WHOLE_SHARE
  }
}

export interface SharePage<T> {
  items: readonly T[]
  /** Whether the share ends with it: the next page is the first one again. */
  isLast: boolean
}

/** Goes through a share, page by page, and then again, so that what is busy keeps nothing else waiting. */
export class SharePages {
  readonly #limit: number
  #share = WHOLE_SHARE
  #after: TrailId | null = null

  constructor(limit: number) {
    this.#limit = limit
  }

  async next<T>(
    share: WorkerShare,
    find: (after: TrailId | null, limit: number) => Promise<readonly T[]>,
    idOf: (item: T) => TrailId,
  ): Promise<SharePage<T>> {
    if (share !== this.#share) this.#after = null
    this.#share = share
    const isFirst = this.#after === null
    const page = await find(this.#after ?? share.after, this.#limit)
    const { below } = share
    const items = below === null ? page : page.filter((item) => idOf(item) < below)
    const last = items.at(-1)
    this.#after = items.length < this.#limit || last === undefined ? null : idOf(last)
    return { items, isLast: this.#after === null && (items.length > 0 || isFirst) }
  }
}
