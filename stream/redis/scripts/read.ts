import { CURRENT, SERVER } from './prelude.ts'

/**
 * Reads entities of the cache, and gives each a token.
 *
 * KEYS: for each partition its meta, its stream, and one key for each read.
 * ARGV: partitions, milliseconds that a token is kept, how many selections, and of each how many fields of the hash it has,
 * and these: first that of the class's version and times, then one for each field of the entity. Then for each partition
 * the epoch that the client is in, how many reads, and of each the number of its selection, from 1. Answers for each read, in order: fence, token, and what these fields hold; false in another
 * epoch.
 */
export const READ = `${SERVER}${CURRENT}
local partitions, ttl = ARGV[1], ARGV[2]
local k, a, answers = 1, 4, {}
local froms, tos = {}, {}
for i = 1, tonumber(ARGV[3]) do
  froms[i], tos[i] = a + 1, a + tonumber(ARGV[a])
  a = tos[i] + 1
end
while a <= #ARGV do
  local meta = KEYS[k]
  local epoch, count = ARGV[a], tonumber(ARGV[a + 1])
  local isCurrent = current(meta, KEYS[k + 1], partitions) == epoch
  k, a = k + 2, a + 2
  for _ = 1, count do
    local key, selection = KEYS[k], tonumber(ARGV[a])
    local answer = false
    if isCurrent then
      answer = redis.call('HMGET', key, 'e', 'f', 't', unpack(ARGV, froms[selection], tos[selection]))
      if table.remove(answer, 1) ~= epoch then
        local token = redis.call('HINCRBY', meta, 'token', 1)
        redis.call('DEL', key)
        redis.call('HSET', key, 'e', epoch, 'f', 0, 't', token)
        redis.call('PEXPIRE', key, ttl)
        answer = {'0', tostring(token)}
      end
    end
    answers[#answers + 1] = answer
    k, a = k + 1, a + 1
  end
end
return answers
`
