/**
 * Tokens are microseconds, so that one is larger than all before it although Redis forgets those.
 *
 * KEYS: the lease. ARGV: milliseconds. Answers the token, or false while somebody holds it.
 */
export const ACQUIRE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local time = redis.call('TIME')
local token = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token
`

/** KEYS: the lease. ARGV: the token, milliseconds; without these it is given back. Answers 1 when it was held. */
export const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('DEL', KEYS[1])
`
