import { expect, test } from 'vitest'
import { MonogramError } from '../../../core/errors.ts'
import { silentLog } from '../../../platform/log.ts'
import { openMemoryStorage } from '../../../tests/support/memory-storage.ts'
import { createAccept, type Accept } from '../../accept.ts'
import type { ParkedRecord, RecordBatch } from './ports.ts'
import { createTakeRecords } from './take-records.ts'

test('records become events, and only then is their offset done', async () => {
  const { accept, events } = eventLog()
  const { take } = taking(accept)
  const batch = batchOf([aTrack('1'), aTrack('2')])
  await take(batch)
  expect(await events.stats()).toMatchObject({ events: 2 })
  expect(batch.committed).toEqual(['1'])
})

test('a record that brings no messageId or time is the same event when it is read again', async () => {
  const { accept, events } = eventLog()
  const { take, outcomes } = taking(accept)
  const records = [JSON.stringify({ type: 'track', event: 'Viewed', userId: 'ada' })]
  await take(batchOf(records))
  await take(batchOf(records))
  expect(outcomes).toEqual(['stored', 'duplicate'])
  const { events: stored } = await events.scan(null, null, 10)
  expect(stored).toMatchObject([{ messageId: 'shop/3/0', time: 1_000, source: 'kafka:shop' }])
})

test('what is no event is parked with its reason, and those behind it are taken', async () => {
  const { accept, events } = eventLog()
  const { take, parked } = taking(accept)
  const batch = batchOf([
    '{"type":',
    '[]',
    JSON.stringify({ type: 'nonsense', userId: 'a' }),
    null,
    aTrack('m'),
  ])
  await take(batch)
  expect(parked.map(({ code, record }) => [record.offset, code])).toEqual([
    ['0', 'BODY_NOT_JSON'],
    ['1', 'EVENT_NOT_OBJECT'],
    ['2', 'EVENT_TYPE_UNKNOWN'],
    ['3', 'EVENT_NOT_OBJECT'],
  ])
  expect(await events.stats()).toMatchObject({ events: 1 })
  expect(batch.committed).toEqual(['4'])
})

test('while the store takes no more, the partition waits, keeps its place, and loses nothing', async () => {
  const { accept, events } = eventLog()
  let refusals = 3
  const { take, slept } = taking((raws, context) => {
    if (refusals-- > 0) throw new MonogramError('OVERLOADED', 'full')
    return accept(raws, context)
  })
  const batch = batchOf([aTrack('1')])
  await take(batch)
  expect(slept).toEqual([100, 200, 400])
  expect(batch.beats).toBe(3)
  expect(await events.stats()).toMatchObject({ events: 1 })
})

test('a partition that was lost meanwhile is left alone', async () => {
  const { take } = taking(() => Promise.reject(new MonogramError('STORAGE_UNAVAILABLE', 'away')))
  const batch = batchOf([aTrack('1')])
  batch.isCurrent = () => batch.beats === 0
  await take(batch)
  expect(batch.committed).toEqual([])
})

test('nothing is done while parked records are not durable', async () => {
  const { accept } = eventLog()
  let failures = 1
  const { take, parked } = taking(accept, () => {
    if (failures-- > 0) throw new Error('the brokers are away')
  })
  const batch = batchOf(['no json'])
  await take(batch)
  expect(parked).toHaveLength(1)
  expect(batch.committed).toEqual(['0'])
})

function eventLog() {
  const { events } = openMemoryStorage()
  return { events, accept: createAccept({ events, clock: () => 5_000, onStored: () => undefined }) }
}

function taking(accept: Accept, onPark: () => void = () => undefined) {
  const parked: ParkedRecord[] = []
  const outcomes: string[] = []
  const slept: number[] = []
  const take = createTakeRecords({
    accept,
    park: {
      async park(records) {
        onPark()
        parked.push(...records)
      },
    },
    sleep: async (ms) => void slept.push(ms),
    log: silentLog(),
    onTaken: (_topic, outcome) => outcomes.push(outcome),
  })
  return { take, parked, outcomes, slept }
}

function aTrack(messageId: string): string {
  return JSON.stringify({ type: 'track', event: 'Viewed', userId: 'ada', messageId })
}

function batchOf(values: (string | null)[]): RecordBatch & { committed: string[]; beats: number } {
  const batch = {
    topic: 'shop',
    partition: 3,
    records: values.map((value, index) => ({
      offset: String(index),
      timestamp: 1_000,
      key: null,
      value: value === null ? null : Buffer.from(value),
    })),
    committed: [] as string[],
    beats: 0,
    isCurrent: () => true,
    async keepAlive() {
      batch.beats++
    },
    async done(offset: string) {
      batch.committed.push(offset)
    },
  }
  return batch
}
