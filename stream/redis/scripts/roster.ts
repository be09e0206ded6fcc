/**
 * KEYS: the roster. ARGV: id, note, milliseconds. Answers since when (microseconds), id and note of each who has a place.
 * Places that have run out are taken away by whoever comes next.
 */
export const JOIN = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local own = redis.call('HGET', KEYS[1], ARGV[1])
local since = own and cjson.decode(own)[1] or string.format('%.0f', now)
local till = now + tonumber(ARGV[3]) * 1000
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({since, string.format('%.0f', till), ARGV[2]}))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[3])))
local all, answer = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local place = cjson.decode(all[i + 1])
  if tonumber(place[2]) <= now then
    redis.call('HDEL', KEYS[1], all[i])
  else
    table.insert(answer, {place[1], all[i], place[3]})
  end
end
return answer
`
