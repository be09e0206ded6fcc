import { expect, test } from 'vitest'
import { cachedGraph } from '../../../tests/support/cached-graph.ts'
import { openMemoryStream } from '../../../stream/memory/open.ts'

const ANN = { id: '1', version: 1, name: 'Ann "A" é\u2028', email: 'ann@x.org', age: 40 }
const BOB = { id: '2', version: 1, name: 'Bob', email: 'bob@x.org', age: 50 }
const PRINCIPAL = { kind: 'api-key', id: 'k1', name: 'test', scopes: ['read'] } as const

const documents: [string, string, Record<string, unknown>][] = [
  ['one entity', 'query ($by: PersonKey!) { person(by: $by) { id name age } }', { by: { id: '1' } }],
  [
    'other names and another order',
    'query ($by: PersonKey!) { who: person(by: $by) { age __typename key: id id n: name name } __typename }',
    { by: { email: 'ann@x.org' } },
  ],
  [
    'nested values and arguments',
    'query ($c: String) { person(by: { id: "1" }) { stats(currency: $c) { currency orders } s: stats { orders } } }',
    { c: 'EUR' },
  ],
  [
    'entities of other subgraphs',
    'query ($n: Int) { person(by: { id: "1" }) { tips(first: $n) { thing { title sku } score } favourite { price } name } }',
    { n: 3 },
  ],
  [
    'lists of entities, null where there is none',
    'query ($by: [PersonKey!]!) { people(by: $by) { name tips { score thing { sku title price } } } }',
    { by: [{ id: '2' }, { id: 'nobody' }, { email: 'ann@x.org' }, { id: '2' }] },
  ],
  ['several root fields', '{ a: person(by: { id: "1" }) { name } b: person(by: { id: "9" }) { name } }', {}],
]

test.each(documents)(
  'what is at hand is written as it would be read: %s',
  async (_name, document, variables) => {
    const cached = cachedGraph()
    const plain = cachedGraph({}, { cache: null })
    for (const graph of [cached, plain]) for (const person of [ANN, BOB]) graph.write(person)
    const asked = { document, variables, context: { requestId: 'r', principal: PRINCIPAL } }
    const expected = await plain.gateway.executeToJson(asked)
    expect(expected).toMatchObject({ kind: 'answered', errors: [] })
    for (let i = 0; i < 3; i++) expect(await cached.gateway.executeToJson(asked)).toEqual(expected)
    const before = cached.calls()
    const misses = cached.cache.counters.misses
    expect(await cached.gateway.executeToJson(asked)).toEqual(expected)
    expect(await cached.gateway.execute(asked)).toEqual(await plain.gateway.execute(asked))
    expect(cached.calls()).toEqual(before)
    expect(cached.cache.counters.misses).toBe(misses)
  },
)

const byId = documents.filter(([name]) => !/other names|lists of/.test(name))

test.each(byId)(
  'what processes share is written as it would be read: %s',
  async (_name, document, variables) => {
    const plain = cachedGraph({}, { cache: null })
    plain.write(ANN)
    const asked = { document, variables, context: { requestId: 'r', principal: PRINCIPAL } }
    const expected = await plain.gateway.executeToJson(asked)
    // One process has room for it, the other has none.
    for (const maxBytes of [1_000_000, 1]) {
      const { entityCache: store } = openMemoryStream({ clock: () => 1_000_000, partitions: 4 })
      const shared = cachedGraph({ store, maxBytes })
      shared.write(ANN)
      for (let i = 0; i < 3; i++) expect(await shared.gateway.executeToJson(asked)).toEqual(expected)
      const before = shared.calls()
      for (let i = 0; i < 2; i++) {
        shared.cache.near.clear()
        const { store: hits } = shared.cache.counters.hits
        expect(await shared.gateway.executeToJson(asked)).toEqual(expected)
        expect(shared.cache.counters.hits.store).toBeGreaterThan(hits)
      }
      expect(shared.calls()).toEqual(before)
    }
  },
)

test('a change between the rounds of an answer is in it', async () => {
  const { entityCache } = openMemoryStream({ clock: () => 1_000_000, partitions: 4 })
  let onRead = (): void => undefined
  const store: typeof entityCache = {
    ...entityCache,
    async read(reads) {
      const results = await entityCache.read(reads)
      onRead()
      return results
    },
  }
  const document = '{ person(by: { id: "1" }) { name favourite { title } } }'
  for (const maxBytes of [1_000_000, 1]) {
    const { ask, write, cache } = cachedGraph({ store, maxBytes })
    write(ANN)
    onRead = () => undefined
    for (let i = 0; i < 3; i++) await ask(document)
    cache.near.clear()
    let rounds = 0
    // The second round is that of what the first has led to.
    onRead = () => {
      if (++rounds === 2) write({ ...ANN, version: 2, name: 'Anna' })
    }
    expect(await ask(document)).toMatchObject({ person: { name: 'Anna' } })
  }
})
