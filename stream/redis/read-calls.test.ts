import { expect, test } from 'vitest'
import type { CacheRead } from '../ports.ts'
import { readCalls } from './read-calls.ts'

const FIELDS = ['email']

function aRead(id: string, fields: readonly string[] = FIELDS): CacheRead {
  return { entity: { subgraph: 'profiles', type: 'Profile', id }, class: 'all', fields }
}

test('reads of a partition stand together, each with the number of its selection', () => {
  const reads = [aRead('a'), aRead('b', ['locale']), aRead('c')]
  const [call, ...others] = readCalls(reads, {
    partitions: [2, 0, 2],
    epochs: ['10', undefined, '30'],
    isCluster: false,
  })
  expect(others).toEqual([])
  expect(call).toMatchObject({
    keys: [
      'mg:{0}:meta',
      'mg:{0}:feed',
      'mg:{0}:profiles.Profile:b',
      'mg:{2}:meta',
      'mg:{2}:feed',
      'mg:{2}:profiles.Profile:a',
      'mg:{2}:profiles.Profile:c',
    ],
    epochs: '10 30 ',
    chosen: ' ! ""',
    indexes: [1, 0, 2],
  })
  expect(call?.selections.args).toEqual([2, 'v3:all:', 'v3:all:locale', 2, 'v3:all:', 'v3:all:email'])
})

test('a call has keys of one partition in a cluster, and nothing is asked of a partition without an epoch', () => {
  const reads = [aRead('a'), aRead('b'), aRead('c')]
  const calls = readCalls(reads, { partitions: [0, 1, 2], epochs: ['10', undefined, '30'], isCluster: true })
  expect(calls.map(({ indexes }) => indexes)).toEqual([[0], [2]])
})

test('a call ends at 250 entities, and at as many selections as there are characters for', () => {
  const same = Array.from({ length: 600 }, (_, n) => aRead(`p${n}`))
  const options = { partitions: same.map(() => 0), epochs: ['10'], isCluster: false }
  expect(readCalls(same, options).map(({ indexes }) => indexes.length)).toEqual([250, 250, 100])
  const each = same.slice(0, 100).map(({ entity }, n) => aRead(entity.id, [`f${n}`]))
  const calls = readCalls(each, options)
  expect(calls.map(({ indexes }) => indexes.length)).toEqual([94, 6])
  expect(calls[1]?.chosen).toBe(' !"#$%&')
})
