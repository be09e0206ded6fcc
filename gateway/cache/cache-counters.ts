import type { FillRefusal } from './near/near-cache.ts'

/** What happened so far, for metrics. */
export class CacheCounters {
  readonly hits = { near: 0, store: 0 }
  misses = 0
  /** Who wanted what another read was already under way for. */
  joined = 0
  readonly fills: Record<'filled' | FillRefusal, number> = { filled: 0, position: 0, changed: 0, fence: 0 }
  readonly storeFills = { filled: 0, refused: 0 }
  readonly stale = { revalidating: 0, error: 0 }
  samples = 0
  inconsistencies = 0
}
