import { expect, test } from 'vitest'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { StorageError, type EventStore } from '../storage/ports.ts'
import { createAccept } from './accept.ts'

const context = { source: 'test', maxEventBytes: 32_768 }
const event = { type: 'track', event: 'Signed Up', userId: 'ada' }

test('answers only after the store has answered, and wakes the worker', async () => {
  const order: string[] = []
  const { events } = openMemoryStorage()
  const slow = withAppend(events, async (batch) => {
    const results = await events.append(batch)
    order.push('stored')
    return results
  })
  const accept = createAccept({ events: slow, clock: () => 0, onStored: () => order.push('woken') })
  await accept([event], context)
  order.push('answered')
  expect(order).toEqual(['stored', 'woken', 'answered'])
})

test('an event without a messageId is given one, and sent again with it is a duplicate', async () => {
  const accept = createAccept({
    events: openMemoryStorage().events,
    clock: () => 0,
    onStored: () => undefined,
  })
  const [first] = await accept([event], context)
  if (first?.outcome !== 'stored') throw new Error('the event was not stored')
  const [again] = await accept([{ ...event, messageId: first.messageId }], context)
  expect(again).toMatchObject({ outcome: 'duplicate' })
  const [third] = await accept([{ ...event, messageId: 'mine' }], context)
  const [fourth] = await accept([{ ...event, messageId: 'mine' }], context)
  expect([third?.outcome, fourth?.outcome]).toEqual(['stored', 'duplicate'])
})

test('a store that cannot write is no acknowledgement, but a code that says to send again', async () => {
  const { events } = openMemoryStorage()
  const failing = withAppend(events, () => Promise.reject(new StorageError('disk full', { retryable: true })))
  const accept = createAccept({ events: failing, clock: () => 0, onStored: () => undefined })
  await expect(accept([event], context)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
})

test('beyond its bound a call is refused before anything is stored, and the next one is taken once there is room', async () => {
  const { events } = openMemoryStorage()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const slow = withAppend(events, (batch) => held.then(() => events.append(batch)))
  const accept = createAccept({ events: slow, clock: () => 0, onStored: () => undefined, maxInFlight: 2 })
  const first = accept([event, event], context)
  await expect(accept([event], context)).rejects.toMatchObject({ code: 'OVERLOADED' })
  release()
  await first
  expect(await accept([event], context)).toMatchObject([{ outcome: 'stored' }])
  expect(await events.stats()).toMatchObject({ events: 3 })
})

function withAppend(events: EventStore, append: EventStore['append']): EventStore {
  return new Proxy(events, {
    get: (target, name) => (name === 'append' ? append : Reflect.get(target, name)),
  })
}
