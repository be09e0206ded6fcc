/**
 * What every script of the feed and the cache begins with. `server` is the process that runs the script and the history
 * that it writes to: another after a restart, a failover, and a return to power. A script asks for it itself, since a
 * client cannot know which server a command will reach.
 */
export const SERVER = `
local info = redis.call('INFO', 'server', 'replication')
local server = string.match(info, 'run_id:(%x+)') .. string.match(info, 'master_replid:(%x+)')
`

/**
 * `current(meta, stream)`: the epoch and the last number of a partition, false where there is none that this server
 * may go on with. Fails when it is divided into another number of partitions than this process believes.
 */
export const CURRENT = `
local function current(meta, stream, partitions)
  local held = redis.call('HMGET', meta, 'epoch', 'n', 'server', 'partitions')
  if held[4] and held[4] ~= partitions then error({err = 'PARTITIONS ' .. held[4]}) end
  if not held[1] then return false, 0, '0' end
  if held[3] ~= server or redis.call('EXISTS', stream) == 0 then return false, 0, held[1] end
  return held[1], tonumber(held[2]), held[1]
end
`

/**
 * `attach(meta, stream, floor)`: the same, and begins a new epoch where there is none: larger than the one before, and
 * than every one that the client has seen (\`floor\`). Epochs are microseconds, which a double holds exactly.
 */
export const ATTACH = `
local function attach(meta, stream, partitions, floor)
  local epoch, n, before = current(meta, stream, partitions)
  if epoch then return epoch, n end
  local time = redis.call('TIME')
  local next = tonumber(time[1]) * 1000000 + tonumber(time[2])
  next = math.max(next, tonumber(before) + 1, tonumber(floor) + 1)
  epoch = string.format('%.0f', next)
  redis.call('DEL', stream)
  redis.call('XADD', stream, epoch .. '-0', 'epoch', '')
  redis.call('HSET', meta, 'epoch', epoch, 'n', 0, 'server', server, 'partitions', partitions)
  return epoch, 0
end
`
