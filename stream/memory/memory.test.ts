import { systemClock } from '../../platform/clock.ts'
import { describeStreamContract } from '../contract.ts'
import { openMemoryStream } from './open.ts'

describeStreamContract('the memory stream', async () => {
  const stream = openMemoryStream({ clock: systemClock })
  return {
    stream,
    flush: async () => stream.flush(),
    evict: async (entity) => stream.evict(entity),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  }
})
