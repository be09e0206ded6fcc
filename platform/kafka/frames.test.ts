import { expect, test } from 'vitest'
import { createFrameReader } from './frames.ts'

function frame(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text)])
}

test('messages come out whole and in order, however they were cut', () => {
  const sent = ['', 'a', 'an answer', 'x'.repeat(500)]
  const bytes = Buffer.concat(sent.map(frame))
  for (const size of [1, 2, 3, 7, 100, bytes.length]) {
    const read = createFrameReader()
    const got: string[] = []
    for (let at = 0; at < bytes.length; at += size)
      for (const whole of read(bytes.subarray(at, at + size)) ?? []) got.push(whole.toString('latin1', 4))
    expect(got).toEqual(sent)
  }
})

test('what is not whole is kept back', () => {
  const read = createFrameReader()
  expect(read(frame('half of it').subarray(0, 9))).toEqual([])
})

test('another protocol is known by its length', () => {
  expect(createFrameReader()(Buffer.from('HTTP/1.1 400 Bad Request'))).toBeNull()
  expect(createFrameReader()(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toBeNull()
})
