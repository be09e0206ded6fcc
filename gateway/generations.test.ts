import { expect, test } from 'vitest'
import type { ExecutionResult } from 'graphql'
import { MonogramError } from '../core/errors.ts'
import { silentLog } from '../platform/log.ts'
import { contextFor, createShopGraph } from '../tests/support/shop-graph.ts'
import { countRequests } from './count-requests.ts'
import type { Gateway } from './create-gateway.ts'
import { createGenerations } from './generations.ts'

test('a request ends on the generation that it began with, which is closed after it', async () => {
  const world = createWorld()
  const generations = await createGenerations({ load: world.load, log: silentLog() })
  const first = generations.gateway.execute(REQUEST)
  await generations.reload()
  const second = generations.gateway.execute(REQUEST)
  expect(world.closed).toEqual([])
  world.answer(1)
  world.answer(0)
  expect([await first, await second]).toEqual([{ data: { by: 0 } }, { data: { by: 1 } }])
  await generations[Symbol.asyncDispose]()
  expect(world.closed).toEqual([0, 1])
})

test('a subscription keeps its generation until it ends', async () => {
  const world = createWorld()
  const generations = await createGenerations({ load: world.load, log: silentLog() })
  const source = await generations.gateway.subscribe(REQUEST)
  if (!(Symbol.asyncIterator in source)) throw new Error('did not begin')
  const iterator = source[Symbol.asyncIterator]()
  await generations.reload()
  expect(await iterator.next()).toEqual({ done: false, value: { data: { by: 0 } } })
  expect(world.closed).toEqual([])
  await iterator.return?.()
  await generations[Symbol.asyncDispose]()
  expect(new Set(world.closed)).toEqual(new Set([0, 1]))
})

test('what cannot be loaded changes nothing, and the log says why', async () => {
  const world = createWorld()
  const log = silentLog()
  const reasons: unknown[] = []
  log.error = (entry: unknown) => void reasons.push(entry)
  const generations = await createGenerations({ load: world.load, log })
  world.broken = new MonogramError('SUPERGRAPH_INVALID', 'line 3')
  await generations.reload()
  expect(reasons).toEqual([{ reason: 'line 3' }])
  expect(generations.current.number).toBe(0)
  world.broken = null
  await generations.reload()
  expect(generations.current.number).toBe(1)
  await generations[Symbol.asyncDispose]()
})

test('any number of reloads while one is under way are one more', async () => {
  const world = createWorld()
  const generations = await createGenerations({ load: world.load, log: silentLog() })
  await Promise.all(Array.from({ length: 10 }, () => generations.reload()))
  expect(generations.current.number).toBeLessThanOrEqual(2)
  await generations[Symbol.asyncDispose]()
  expect(world.closed).toHaveLength(generations.current.number + 1)
})

const REQUEST = { document: '{ by }', context: contextFor() }

/** Generations with a number each, whose requests are answered when the test says so. */
function createWorld() {
  const { gateway: shop } = createShopGraph()
  const waiting = new Map<number, (result: ExecutionResult) => void>()
  let loaded = 0
  const world = {
    closed: [] as number[],
    broken: null as MonogramError | null,
    answer: (number: number) => waiting.get(number)?.({ data: { by: number } }),
    load: async () => {
      if (world.broken) throw world.broken
      const number = loaded++
      const gateway: Gateway = {
        schema: shop.schema,
        limits: shop.limits,
        cacheCounts: shop.cacheCounts,
        plan: () => Promise.reject(new Error('not planned here')),
        keep: () => undefined,
        execute: () => new Promise((resolve) => waiting.set(number, resolve)),
        executeToJson: () => Promise.reject(new Error('not asked here')),
        subscribe: async () => messages(number),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }
      const counted = countRequests(gateway)
      return {
        number,
        ...counted,
        async [Symbol.asyncDispose]() {
          world.closed.push(number)
        },
      }
    },
  }
  return world
}

async function* messages(by: number): AsyncGenerator<ExecutionResult> {
  for (;;) yield { data: { by } }
}
