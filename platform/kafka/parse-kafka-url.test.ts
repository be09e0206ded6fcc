import { expect, test } from 'vitest'
import { parseKafkaUrl } from './parse-kafka-url.ts'

test('several brokers, with the usual port where none is given', () => {
  expect(parseKafkaUrl('kafka://a.example:9093,b.example')).toEqual({
    brokers: ['a.example:9093', 'b.example:9092'],
    tls: false,
    sasl: null,
  })
})

test('TLS, a user and a mechanism; signs in a password are written as in any URL', () => {
  expect(parseKafkaUrl('kafkas://shop:p%40ss@[::1]:9094?sasl=plain')).toEqual({
    brokers: ['[::1]:9094'],
    tls: true,
    sasl: { mechanism: 'plain', username: 'shop', password: 'p@ss' },
  })
  expect(parseKafkaUrl('kafka://shop:word@h')?.sasl?.mechanism).toBe('scram-sha-512')
})

test('what is no such URL is none', () => {
  for (const text of [
    '',
    'localhost:9092',
    'http://h',
    'kafka://',
    'kafka://h:0',
    'kafka://h,',
    'kafka://a:b@h?sasl=md5',
    'kafka://h?sasl=plain',
    'kafka://h?tls=1',
    'kafka://a:%zz@h',
  ])
    expect(parseKafkaUrl(text), text).toBeNull()
})
