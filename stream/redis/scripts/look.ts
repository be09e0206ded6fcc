import { ATTACH, CURRENT, SERVER } from './prelude.ts'

/**
 * Where each partition ends; begins an epoch where there is none. Writes, so that a master that has lost its replicas
 * (\`min-replicas-to-write\`) says so instead of being followed for ever.
 *
 * KEYS: for each partition its meta and its stream.
 * ARGV: partitions; then for each partition the epoch and the number that the client is at, '0' where it is nowhere.
 * Answers for each partition its epoch, its last number, and, where the client is behind in this epoch, the id of the
 * first entry after where it is.
 */
export const LOOK = `${SERVER}${CURRENT}${ATTACH}
local answers = {}
for i = 1, #KEYS / 2 do
  local meta, stream = KEYS[i * 2 - 1], KEYS[i * 2]
  local known, at = ARGV[i * 2], ARGV[i * 2 + 1]
  local epoch, n = attach(meta, stream, ARGV[1], known)
  local first = ''
  if epoch == known and n > tonumber(at) then
    local entry = redis.call('XRANGE', stream, '(' .. epoch .. '-' .. at, '+', 'COUNT', 1)[1]
    if entry then first = entry[1] end
  end
  answers[i] = {epoch, string.format('%.0f', n), first}
end
redis.call('HSET', KEYS[1], 'looked', redis.call('TIME')[1])
return answers
`
