import { expect, test } from 'vitest'
import { messageCounter } from './counting-proxy.ts'

function message(length: number): Buffer {
  const bytes = Buffer.alloc(length, 255)
  bytes.writeInt32LE(length)
  return bytes
}

test.each([1, 3, 7, 1_000])('messages are counted in chunks of %d bytes as in one', (size) => {
  const bytes = Buffer.concat([message(4), message(21), message(300)])
  const count = messageCounter()
  let counted = 0
  for (let at = 0; at < bytes.length; at += size) counted += count(bytes.subarray(at, at + size))
  expect(counted).toBe(3)
})
