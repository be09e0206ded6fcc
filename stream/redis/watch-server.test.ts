import { expect, test } from 'vitest'
import { complaints, parseInfo } from './watch-server.ts'

const info = (lines: string) => parseInfo(lines.split(' ').join('\r\n'))

test('a server that keeps the feed and takes writes is fine', () => {
  expect(complaints(info('redis_version:7.0.15 maxmemory:0 maxmemory_policy:noeviction'))).toEqual([])
  expect(complaints(info('redis_version:7.2.4 maxmemory:1000 maxmemory_policy:volatile-lru'))).toEqual([])
  expect(complaints(info('redis_version:7.2.4 connected_slaves:2 min_slaves_good_slaves:2'))).toEqual([])
})

test.each([
  ['redis_version:6.2.14 maxmemory:0 maxmemory_policy:noeviction', 'Redis 6.2.14 is too old'],
  ['redis_version:7.0.0 maxmemory:1000 maxmemory_policy:allkeys-lru', 'may evict the change feed'],
  ['redis_version:7.0.0 maxmemory:0 maxmemory_policy:allkeys-lfu', 'set it to volatile-lru'],
  ['redis_version:7.0.0 maxmemory:1000 maxmemory_policy:noeviction', 'refuses writes when it is full'],
  ['redis_version:7.0.0 connected_slaves:1', 'min-replicas-to-write 0'],
])('%s: %s', (lines, complaint) => {
  expect(complaints(info(lines)).join()).toContain(complaint)
})
