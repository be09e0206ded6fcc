/**
 * Refills a bucket and takes out of it: the rule of token-bucket.ts, by the server's clock. A bucket that is full again
 * is forgotten.
 *
 * KEYS: the bucket. ARGV: cost, capacity, refill a second. Answers 1 when it was taken, and what is left as text.
 */
export const TAKE = `
local cost, capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1] or capacity), tonumber(held[2] or now)
tokens = math.min(capacity, tokens + math.max(0, now - at) * rate / 1000)
local allowed = cost <= tokens
if allowed then tokens = tokens - cost end
local left = string.format('%.6f', tokens)
redis.call('HSET', KEYS[1], 'tokens', left, 'at', string.format('%.3f', math.max(now, at)))
local day = 86400000
local full = rate > 0 and math.min(day, (capacity - tokens) * 1000 / rate) or day
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1, full)))
return {allowed and 1 or 0, left}
`
