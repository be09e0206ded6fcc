import { CURRENT, SERVER } from './prelude.ts'

/**
 * Keeps values whose token holds and that are not below the fence.
 *
 * KEYS: for each partition its meta, its stream, and one key for each fill.
 * ARGV: partitions, how many bytes an entity may have; then for each partition the epoch that the client is in, how many
 * fills, and of each: token, version, storedAt, expiresAt, milliseconds to keep it, bytes, the class's prefix, what
 * it is and whose, how many fields, and of each its name in the hash and its JSON text. Answers for each fill, in order, 1 when it was kept.
 *
 * An entity that would have more bytes than it may loses its values first: those of classes and fields that nobody
 * asks for any more go with them.
 */
export const FILL = `${SERVER}${CURRENT}
local function drop(key, prefix)
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, #prefix) == prefix then redis.call('HDEL', key, name) end
  end
end

local function fill(key, epoch, token, version, storedAt, expiresAt, ttl, bytes, prefix, mark, from, to, most, now)
  local held = redis.call('HMGET', key, 'e', 'f', 't', prefix, 'b')
  if held[1] ~= epoch or held[3] ~= token or tonumber(version) < tonumber(held[2]) then return 0 end
  if held[4] then
    local v, s, e, m = string.match(held[4], '^(%d+) (%d+) (%d+)(.*)$')
    if tonumber(v) > tonumber(version) then return 0 end
    if v == version and m == mark and tonumber(e) > now then
      if tonumber(s) < tonumber(storedAt) then storedAt = s end
      if tonumber(e) < tonumber(expiresAt) then expiresAt = e end
    else
      drop(key, prefix)
    end
  end
  local total = tonumber(held[5] or 0) + tonumber(bytes)
  if total > most then
    drop(key, 'v')
    total = tonumber(bytes)
  end
  redis.call('HSET', key, 'b', string.format('%.0f', total), prefix, version .. ' ' .. storedAt .. ' ' .. expiresAt .. mark)
  if to > from then redis.call('HSET', key, unpack(ARGV, from, to - 1)) end
  redis.call('PEXPIRE', key, ttl, 'GT')
  return 1
end

local partitions, most = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local k, a, answers = 1, 3, {}
while a <= #ARGV do
  local epoch, count = ARGV[a], tonumber(ARGV[a + 1])
  local isCurrent = current(KEYS[k], KEYS[k + 1], partitions) == epoch
  k, a = k + 2, a + 2
  for _ = 1, count do
    local from = a + 9
    local to = from + 2 * tonumber(ARGV[a + 8])
    answers[#answers + 1] = isCurrent
      and fill(KEYS[k], epoch, ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5], ARGV[a + 6], ARGV[a + 7], from, to, most, now)
      or 0
    k, a = k + 1, to
  end
end
return answers
`
