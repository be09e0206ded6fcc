import type { KeptAnswer } from '../hit/made.ts'
import type { EntitySpace } from '../near/entity-space.ts'
import type { NearCache } from '../near/near-cache.ts'

/** Whether what is kept may be answered as it is: by its time, and by whether its changes are told at all. */
export class Freshness {
  isFeedLost = false
  readonly #lostFreshMs: number

  /** @param lostFreshMs how long anything fenced is fresh while the feed cannot be read */
  constructor(lostFreshMs: number) {
    this.#lostFreshMs = lostFreshMs
  }

  isFresh(field: { freshUntil: number; storedAt: number }, space: EntitySpace, now: number): boolean {
    if (field.freshUntil <= now) return false
    return !this.isFeedLost || !space.isFenced || field.storedAt + this.#lostFreshMs > now
  }

  /** Whether all that an answer was made of is as it was. */
  isHeld(answer: KeptAnswer, near: NearCache, now: number): boolean {
    if (answer.freshUntil <= now || (this.isFeedLost && answer.storedAt + this.#lostFreshMs <= now))
      return false
    return near.isWhole(answer)
  }
}
