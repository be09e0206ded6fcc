import { ATTACH, CURRENT, SERVER } from './prelude.ts'

/**
 * Appends changes to the feed, raises the fence of each entity, renews its token and drops its values, in one step.
 *
 * KEYS: for each partition its meta, its stream, and one key for each change.
 * ARGV: partitions, how many changes a stream keeps, milliseconds that a fence is kept, the channel that is told or '';
 * then for each partition: its number, the largest epoch the client knows, how many changes, and of each its version
 * and itself as JSON. Answers the epoch of each partition.
 */
export const APPEND = `${SERVER}${CURRENT}${ATTACH}
local partitions, window, ttl, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local k, a, epochs = 1, 5, {}
while a <= #ARGV do
  local meta, stream = KEYS[k], KEYS[k + 1]
  local partition, floor, count = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2])
  k, a = k + 2, a + 3
  local epoch, n = attach(meta, stream, partitions, floor)
  local before = n
  for _ = 1, count do
    local key, version, change = KEYS[k], ARGV[a], ARGV[a + 1]
    k, a = k + 1, a + 2
    local held = redis.call('HMGET', key, 'e', 'f')
    if held[1] ~= epoch or tonumber(held[2]) < tonumber(version) then
      n = n + 1
      redis.call('XADD', stream, 'MAXLEN', '~', window, string.format('%s-%.0f', epoch, n), 'c', change)
      redis.call('HSET', meta, 'n', string.format('%.0f', n))
      local token = redis.call('HINCRBY', meta, 'token', 1)
      redis.call('DEL', key)
      redis.call('HSET', key, 'e', epoch, 'f', version, 't', token)
      redis.call('PEXPIRE', key, ttl)
    end
  end
  if channel ~= '' and n > before then redis.call('PUBLISH', channel, partition) end
  epochs[#epochs + 1] = epoch
end
return epochs
`
