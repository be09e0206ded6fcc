import { expect, test } from 'vitest'
import { cachedGraph } from '../../../tests/support/cached-graph.ts'

const ANN = { id: '1', version: 1, name: 'Ann', email: 'ann@x.org', age: 40 }
const BOB = { id: '2', version: 1, name: 'Bob', email: 'bob@x.org', age: 50 }
const CARD = 'query ($by: PersonKey!) { person(by: $by) { name } }'

test('an entity that was read is answered without asking, until it is told changed', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Ann' } })
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Ann' } })
  expect(calls()).toMatchObject({ people: 1 })
  write({ ...ANN, version: 2, name: 'Anna' })
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Anna' } })
  expect(calls()).toMatchObject({ people: 2 })
})

test('a look-up by another key leads to the same entity, and is dropped with it', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  const by = { email: 'ann@x.org' }
  expect(await ask(CARD, { by })).toEqual({ person: { name: 'Ann' } })
  expect(await ask(CARD, { by })).toEqual({ person: { name: 'Ann' } })
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Ann' } })
  expect(calls()).toMatchObject({ people: 1 })
  write({ ...ANN, version: 2, email: 'other@x.org' })
  write({ ...BOB, version: 2, email: 'ann@x.org' })
  expect(await ask(CARD, { by })).toEqual({ person: { name: 'Bob' } })
})

test('of a list only those that are missing are asked for, and each field only when it is lacking', async () => {
  const { ask, write, subgraphs } = cachedGraph()
  write(ANN)
  write(BOB)
  const document = 'query ($by: [PersonKey!]!) { people(by: $by) { id name tips { score thing { title } } } }'
  await ask(document, { by: [{ id: '1' }] })
  const all = { by: [{ id: '2' }, { id: '1' }, { id: 'nobody' }, { id: '2' }] }
  const answer = await ask(document, all)
  const tips = [0, 1].map((i) => ({ score: i + 0.5, thing: { title: `Thing t${i}` } }))
  const [ann, bob] = [
    { id: '1', name: 'Ann', tips },
    { id: '2', name: 'Bob', tips },
  ]
  expect(answer).toEqual({ people: [bob, ann, null, bob] })
  const [, second] = subgraphs['people']?.requests ?? []
  expect(Object.values(second?.variables ?? {})).toEqual([[{ id: '2' }, { id: 'nobody' }]])
  expect(subgraphs['tips']?.requests.map(({ variables }) => variables?.['representations'])).toEqual([
    [{ __typename: 'Person', id: '1' }],
    [{ __typename: 'Person', id: '2' }],
  ])
  expect(subgraphs['things']?.requests).toHaveLength(1)
  expect(await ask(document, all)).toEqual(answer)
  expect(subgraphs['people']?.requests).toHaveLength(2)
})

test('fields with other arguments are other fields, and merge with those of the same version', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  const document = 'query ($c: String) { person(by: { id: "1" }) { stats(currency: $c) { currency } } }'
  for (const c of ['GBP', 'EUR', 'GBP', 'EUR']) {
    expect(await ask(document, { c })).toEqual({ person: { stats: { currency: c } } })
  }
  const literal = '{ person(by: { id: "1" }) { s: stats(currency: "EUR") { currency } } }'
  expect(await ask(literal)).toEqual({ person: { s: { currency: 'EUR' } } })
  expect(calls()).toMatchObject({ people: 2 })
})

test('what has no declared time to live is asked each time', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  for (let i = 0; i < 2; i++) {
    expect(await ask('{ person(by: { id: "1" }) { name lag mood } }')).toEqual({
      person: { name: 'Ann', lag: 7, mood: 'fine' },
    })
  }
  expect(calls()).toMatchObject({ people: 2, tips: 2 })
})

test('a value ends when its entity says that time changes it', async () => {
  const { ask, write, calls, now } = cachedGraph()
  write({ ...ANN, nextChangeAt: new Date(now.at + 500).toISOString() })
  await ask(CARD, { by: { id: '1' } })
  now.at += 499
  await ask(CARD, { by: { id: '1' } })
  expect(calls()).toMatchObject({ people: 1 })
  now.at += 100_000
  await ask(CARD, { by: { id: '1' } })
  expect(calls()).toMatchObject({ people: 2 })
})

test('what is private is kept for each principal', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  const asked = (id: string) =>
    ask(
      '{ person(by: { id: "1" }) { mine } }',
      {},
      { principal: { kind: 'api-key', id, name: id, scopes: ['read'] } },
    )
  for (const id of ['k1', 'k2', 'k1', 'k2']) expect(await asked(id)).toEqual({ person: { mine: id } })
  expect(calls()).toMatchObject({ people: 2 })
})

test('an entity that is not there is known to be absent for a short time, and until it is created', async () => {
  const { ask, write, calls } = cachedGraph()
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: null })
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: null })
  expect(calls()).toMatchObject({ people: 1 })
  write(ANN)
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Ann' } })
  for (let i = 0; i < 2; i++)
    expect(await ask(CARD, { by: { email: 'bob@x.org' } })).toEqual({ person: null })
  expect(calls()).toMatchObject({ people: 3 })
  write(BOB)
  expect(await ask(CARD, { by: { email: 'bob@x.org' } })).toEqual({ person: { name: 'Bob' } })
})

test('past its time a value is answered at once, marked as stale, while it is read anew', async () => {
  const { ask, write, now, calls } = cachedGraph()
  write(ANN)
  await ask(CARD, { by: { id: '1' } })
  write({ ...ANN, name: 'Anna' }, { isTold: false })
  now.at += 310_000
  expect(await ask(CARD, { by: { id: '1' } })).toEqual({
    data: { person: { name: 'Ann' } },
    extensions: { stale: true, staleFields: ['person'] },
  })
  await expect.poll(() => ask(CARD, { by: { id: '1' } })).toEqual({ person: { name: 'Anna' } })
  expect(calls()).toMatchObject({ people: 2 })
})

test('a fenced value stands in, marked as stale, when its subgraph cannot be asked', async () => {
  const { ask, write, subgraphs } = cachedGraph()
  write(ANN)
  await ask('{ person(by: { id: "1" }) { p: name } }')
  write({ ...ANN, version: 2, name: 'Anna' })
  const people = subgraphs['people']
  if (people) people.execute = () => Promise.reject(new Error('down'))
  expect(await ask('{ who: person(by: { id: "1" }) { name } }')).toEqual({
    data: { who: { name: 'Ann' } },
    extensions: { stale: true, staleFields: ['who'] },
  })
})

test('who must see a write is answered by the subgraph', async () => {
  const { ask, write, calls } = cachedGraph()
  write(ANN)
  await ask(CARD, { by: { id: '1' } })
  write({ ...ANN, version: 2, name: 'Anna' }, { isTold: false })
  const after = [{ kind: 'version', id: '1', version: 2 } as const]
  expect(await ask(CARD, { by: { id: '1' } }, { after })).toMatchObject({
    data: { person: { name: 'Anna' } },
  })
  expect(calls()).toMatchObject({ people: 2 })
})
