import { expect, test } from 'vitest'
import { emptyState } from './state.ts'
import { createTrailDays } from './trail-days.ts'
import type { LoggedEvent, TrailLogReads, TrailPart } from './trail-log.ts'

const DAY = 86_400_000

test('a day is read once for as long as it has the same events, however many others come', async () => {
  const { log, reads, days } = open()
  log.push(viewed('a', 1, 3), viewed('b', 9, 4), viewed('before', -1, 1), viewed('after', DAY, 2))
  for (const version of [4, 5]) {
    expect(await days([trail(version)], 0)).toEqual([{ views: [1, 9], carts: [], purchases: [] }])
  }
  log.push(viewed('later', 3 * DAY, 6))
  await days([trail(6)], 0)
  expect(reads.count).toBe(1)
  log.push(viewed('late', 5, 7))
  expect(await days([trail(7)], 0)).toMatchObject([{ views: [1, 5, 9] }])
  expect(reads.count).toBe(2)
})

test('a trail is told what its own version holds, also when a later one was read before', async () => {
  const { log, days } = open()
  log.push(viewed('a', 1, 3), viewed('b', 9, 4))
  await days([trail(4)], 0)
  expect(await days([trail(3)], 0)).toMatchObject([{ views: [1] }])
  expect(await days([trail(4)], 0)).toMatchObject([{ views: [1, 9] }])
})

test('a day of which an event is not folded yet is not remembered', async () => {
  const { log, days } = open()
  log.push(viewed('a', 1, 3), { ...viewed('b', 9, 0), state: 'pending', trailVersion: null })
  expect(await days([trail(3)], 0)).toMatchObject([{ views: [1] }])
  log[1] = viewed('b', 9, 4)
  expect(await days([trail(4)], 0)).toMatchObject([{ views: [1, 9] }])
})

function open() {
  const log: LoggedEvent[] = []
  const reads = { count: 0 }
  const events: Pick<TrailLogReads['events'], 'countBetween' | 'readFolded'> = {
    countBetween: async (ranges) =>
      ranges.map(({ from, before }) => log.filter(({ time }) => time >= from && time < before).length),
    readFolded: async (queries, limit) => {
      reads.count++
      return queries.map(({ after }) =>
        log
          .filter(({ state, time }) => state === 'folded' && time > (after?.time ?? -Infinity))
          .toSorted((a, b) => a.time - b.time)
          .slice(0, limit),
      )
    },
  }
  return { log, reads, days: createTrailDays(events) }
}

function trail(version: number): TrailPart {
  return { id: 't', version, state: emptyState(), applied: [] }
}

function viewed(key: string, time: number, trailVersion: number): LoggedEvent {
  const what = { type: 'track', name: 'Product Viewed', body: { type: 'track' }, bodyHash: key } as const
  const who = { trailId: 't', identity: 'userId:u', source: 's', messageId: key, pairs: [] }
  return { key, ...who, ...what, time, receivedAt: time, state: 'folded', trailVersion }
}
