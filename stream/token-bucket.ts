import type { RateLimit, RateLimitResult } from './ports.ts'

/** What is in a bucket, and when that was so (epoch milliseconds). */
export interface Bucket {
  tokens: number
  at: number
}

/** Refills and takes; a clock that went back refills nothing. The rule of redis/scripts/take.ts, in the same words. */
export function takeFrom(
  bucket: Bucket | undefined,
  cost: number,
  { capacity, refillPerSecond }: RateLimit,
  now: number,
): { bucket: Bucket; result: RateLimitResult } {
  const before = bucket ?? { tokens: capacity, at: now }
  const elapsedMs = Math.max(0, now - before.at)
  const filled = Math.min(capacity, before.tokens + (elapsedMs * refillPerSecond) / 1_000)
  const allowed = cost <= filled
  const tokens = allowed ? filled - cost : filled
  return {
    bucket: { tokens, at: Math.max(now, before.at) },
    result: resultOf(allowed, tokens, cost, { capacity, refillPerSecond }),
  }
}

export function resultOf(
  allowed: boolean,
  tokens: number,
  cost: number,
  { capacity, refillPerSecond }: RateLimit,
): RateLimitResult {
  const remaining = Math.floor(tokens)
  if (allowed) return { allowed, remaining, retryAfterMs: 0 }
  const isEver = cost <= capacity && refillPerSecond > 0
  const retryAfterMs = isEver ? Math.ceil(((cost - tokens) * 1_000) / refillPerSecond) : Infinity
  return { allowed, remaining, retryAfterMs }
}
