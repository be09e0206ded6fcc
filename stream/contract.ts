import { describe } from 'vitest'
import { describeClaimContract } from './contract/claim.ts'
import { describeEntityCacheContract } from './contract/entity-cache.ts'
import { describeFeedContract } from './contract/feed.ts'
import { describeHintsContract } from './contract/hints.ts'
import { describeLeasesContract } from './contract/leases.ts'
import { describeRateLimitsContract } from './contract/rate-limits.ts'
import type { EntityRef, Stream } from './ports.ts'

/** A stream, and what can befall the server below it. */
export interface StreamUnderTest extends AsyncDisposable {
  stream: Stream
  /** Loses everything that it holds. */
  flush(): Promise<void>
  /** Loses one entity of the cache. */
  evict(entity: EntityRef): Promise<void>
}

export type OpenStream = () => Promise<StreamUnderTest>

/** What every stream promises; run on each adapter. Every stream that is opened has a server of its own, and empty. */
export function describeStreamContract(name: string, open: OpenStream): void {
  describe(`${name} keeps the contract of a stream`, () => {
    describeFeedContract(open)
    describeEntityCacheContract(open)
    describeLeasesContract(open)
    describeRateLimitsContract(open)
    describeHintsContract(open)
    describeClaimContract(open)
  })
}
