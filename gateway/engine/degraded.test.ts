import { expect, test } from 'vitest'
import { contextFor, createShopGraph } from '../../tests/support/shop-graph.ts'
import { SubgraphUnavailable } from '../transports/subgraph-unavailable.ts'

const dead = {
  execute: () => Promise.reject(new SubgraphUnavailable('order-book', 'open-circuit', 'is not asked')),
  subscribe: () => Promise.reject(new Error('no')),
}
const silent = { ...dead, execute: () => new Promise<never>(() => undefined) }
const document = '{ people(ids: ["1", "2"]) { name o: orders { id } } }'

test('a fallback by coordinate stands for what could not be had, and extensions say where and why', async () => {
  const { gateway } = createShopGraph(
    {},
    { subgraphs: { 'order-book': dead }, fallbacks: new Map([['Person.orders', []]]) },
  )
  const { data, errors, extensions } = await gateway.execute({ document, context: contextFor() })
  expect(plain(data)).toEqual({
    people: [
      { name: 'Ann', o: [] },
      { name: 'Bob', o: [] },
    ],
  })
  expect(errors).toBeUndefined()
  expect(extensions).toEqual({
    degraded: [
      { path: ['people', 0, 'o'], reason: 'open-circuit' },
      { path: ['people', 1, 'o'], reason: 'open-circuit' },
    ],
  })
})

test('a fallback of the document, by response path, wins over that of the graph', async () => {
  const { gateway } = createShopGraph(
    {},
    { subgraphs: { 'order-book': dead }, fallbacks: new Map([['Person.orders', []]]) },
  )
  const fallbacks = new Map([['people.o', [{ id: 'none', total: 0 }]]])
  const answer = await gateway.executeToJson({ document, context: contextFor(), fallbacks })
  if (answer.kind === 'refused') throw new Error('refused')
  expect(JSON.parse(answer.data.join(''))).toEqual({
    people: [
      { name: 'Ann', o: [{ id: 'none' }] },
      { name: 'Bob', o: [{ id: 'none' }] },
    ],
  })
  expect(answer.errors).toEqual([])
  expect(answer.degraded).toHaveLength(2)
})

test('what is late at the deadline of the request is given up with the reason timeout', async () => {
  const { gateway } = createShopGraph({}, { subgraphs: { 'order-book': silent } })
  const context = { ...contextFor(), deadlineAt: performance.now() + 150 }
  const answer = await gateway.executeToJson({
    document: '{ person(id: "1") { name orders { id } } }',
    context,
  })
  if (answer.kind === 'refused') throw new Error('refused')
  expect(JSON.parse(answer.data.join(''))).toEqual({ person: { name: 'Ann', orders: null } })
  expect(answer.degraded).toEqual([{ path: ['person', 'orders'], reason: 'timeout' }])
  expect(answer.errors).toMatchObject([
    { path: ['person', 'orders'], extensions: { code: 'SUBGRAPH_FAILED' } },
  ])
})

test('a fallback also stands where a null has risen to, and the errors below are told no more', async () => {
  const people = {
    ...dead,
    execute: () => Promise.resolve({ data: { person: { __typename: 'Person', id: '1', name: null } } }),
  }
  const { gateway } = createShopGraph({}, { subgraphs: { people } })
  const fallbacks = new Map([['person', { name: 'there' }]])
  const { data, errors, extensions } = await gateway.execute({
    document: '{ person(id: "1") { hi: name } }',
    context: contextFor(),
    fallbacks,
  })
  expect(plain({ data, errors })).toEqual({ data: { person: { hi: 'there' } } })
  expect(extensions).toEqual({ degraded: [{ path: ['person'], reason: 'error' }] })
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
