import { CURRENT, SERVER } from './prelude.ts'

/**
 * Reads entities of the cache, and gives each a token.
 *
 * KEYS: for each partition its meta, its stream, and one key for each read.
 * ARGV: partitions; milliseconds that a token is kept; for each partition the epoch that the client is in, with spaces
 * between; a character for each read, in order, with a space before those of a partition: the number of its selection from
 * 1, above that of a space. Then of each selection how many fields of the hash it has, and these: first that of the
 * class's version and times, then one for each field of the entity.
 * Answers for each read, in order, lines: fence, token, and what the fields of its selection hold, empty for nothing; no
 * more than the first two where nothing can be held; false in another epoch.
 *
 * One text for an entity costs both sides half of what a list of its fields does. JSON texts have no line ends in them.
 */
export const READ = `${SERVER}${CURRENT}
local call, concat, partitions, ttl, chosen = redis.call, table.concat, ARGV[1], ARGV[2], ARGV[4]
local epochs = string.gmatch(ARGV[3], '%d+')
local froms, tos, a = {}, {}, 5
while a <= #ARGV do
  local count = tonumber(ARGV[a])
  froms[#froms + 1], tos[#tos + 1] = a + 1, a + count
  a = a + count + 1
end

local meta, epoch, isCurrent
local function read(key, selection)
  local held = call('HMGET', key, 'e', 'f', 't', unpack(ARGV, froms[selection], tos[selection]))
  if held[1] == epoch then
    for i = 4, #held do
      if not held[i] then held[i] = '' end
    end
    return concat(held, '\\n', 2)
  end
  local token = redis.call('HINCRBY', meta, 'token', 1)
  redis.call('DEL', key)
  redis.call('HSET', key, 'e', epoch, 'f', 0, 't', token)
  redis.call('PEXPIRE', key, ttl)
  return '0\\n' .. token
end

local k, answers = 1, {}
for i = 1, #chosen do
  local selection = string.byte(chosen, i) - 32
  if selection == 0 then
    meta, epoch = KEYS[k], epochs()
    isCurrent = current(meta, KEYS[k + 1], partitions) == epoch
    k = k + 2
  else
    answers[#answers + 1] = isCurrent and read(KEYS[k], selection)
    k = k + 1
  end
end
return answers
`
