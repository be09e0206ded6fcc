import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawnSelections, queryOf } from '../../../tests/support/random-query.ts'
import { contextFor, createShopGraph } from '../../../tests/support/shop-graph.ts'
import type { Gateway } from '../../create-gateway.ts'
import { textSubgraph, type TextSubgraph } from './testing/text-subgraph.ts'

/** More than it takes for an operation to have its answers read as text. */
const OFTEN = 22

type Change = (answer: string) => string

interface Lane {
  gateway: Gateway
  subgraphs: TextSubgraph[]
  changeWith(change: Change): void
}

function createLane(isReading: boolean): Lane {
  const { people, orders, catalog } = createShopGraph()
  let change: Change = (answer) => answer
  const [a, b, c] = [people, orders, catalog].map((inner) =>
    textSubgraph(inner, (answer) => change(answer), isReading),
  ) as [TextSubgraph, TextSubgraph, TextSubgraph]
  const { gateway } = createShopGraph(
    {},
    {
      subgraphs: { people: a, 'order-book': b, catalog: c },
      limits: { maxAliases: 1_000, maxRootFields: 1_000, maxCost: Infinity },
    },
  )
  return { gateway, subgraphs: [a, b, c], changeWith: (next) => (change = next) }
}

const reading = createLane(true)
const parsing = createLane(false)

async function answerOf({ gateway }: Lane, document: string): Promise<unknown> {
  const answer = await gateway.executeToJson({ document, context: contextFor() })
  if (answer.kind === 'refused') return answer.errors.map(({ message }) => message)
  const errors = answer.errors.map(({ message, path, extensions }) => ({ message, path, extensions }))
  return { data: answer.data.join(''), errors, degraded: answer.degraded }
}

async function expectSameAnswers(document: string, changes: readonly Change[]): Promise<void> {
  for (let use = 0; use < OFTEN; use++) {
    for (const lane of [reading, parsing]) await answerOf(lane, document)
  }
  for (const change of changes) {
    for (const lane of [reading, parsing]) lane.changeWith(change)
    expect(await answerOf(reading, document)).toEqual(await answerOf(parsing, document))
    for (const lane of [reading, parsing]) lane.changeWith((answer) => answer)
    // A good one in between, or a subgraph that only gives bad ones is soon no longer read as text.
    await answerOf(reading, document)
  }
}

function answersRead(): number {
  return reading.subgraphs.reduce((sum, { readAsText }) => sum + readAsText, 0)
}

/** What may stand where a subgraph's value was, as it would be sent. */
const TEXTS = `
null true 0 -0 5 -7 1.5 1.50 1e3 1e999 0.0000001 0.1234567890123456 999999999 1999999999 2147483647 2147483648
12345678901234567 01 +1 .5 NaN "é" "😀" "\\u00e9" "\\/" "\\n\\"\\\\" "\\u000a" "\\ud800" "\u2028" "__proto__"
{"__proto__":{"a":1}} {"a":"b"} [] [[]] [null] {} "Person" " {"id":"1"} [{"id":"1"}] "1","id":"2" nul "x"} "x"]
`
  .trim()
  .split(/[ \n]/)
  .concat('"\t"', '"\0"', '')

const SCALAR = /(?<=[:[,])(?:"[^"]*"|null|true|false|-?[0-9.]+)(?=[,\]}])/g

/** Puts a text in the place of the n-th scalar. */
function replaced(place: number, text: string): Change {
  return (answer) => {
    const found = [...answer.matchAll(SCALAR)]
    const chosen = found[place % Math.max(found.length, 1)]
    if (!chosen) return answer
    return answer.slice(0, chosen.index) + text + answer.slice(chosen.index + chosen[0].length)
  }
}

const WHOLE: readonly Change[] = [
  (answer) => answer,
  (answer) => JSON.stringify(JSON.parse(answer), null, 2),
  (answer) => JSON.stringify(reordered(JSON.parse(answer))),
  (answer) => `${answer}\n`,
  (answer) => `${answer} x`,
  (answer) => answer.slice(0, -1),
  (answer) => answer.slice(0, answer.length / 2),
  (answer) => answer.replace(/\}$/, ',"extensions":{"a":1}}'),
  (answer) => answer.replace(/\}$/, ',"errors":[{"message":"oh","path":["person"]}]}'),
  (answer) => answer.replaceAll('}', ',"more":1}'),
  (answer) => answer.replaceAll('}', ',"__proto__":{"id":"2"}}'),
  (answer) => answer.replaceAll(/"(id|sku)":"[^"]*",?/g, ''),
  (answer) => answer.replaceAll(/\{[^{}]*\}/g, 'null'),
  (answer) => answer.replaceAll(/\[[^[\]]*\]/g, '[]'),
  (answer) => answer.replaceAll(/\{([^{}]*)\}/g, '{$1,$1}'),
  () => 'null',
  () => '{"data":null}',
  () => '<html>',
]

function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, below]) => [key, reordered(below)])
      .toReversed(),
  )
}

test.each([
  '{ product(sku: "p1") { sku title price owner { id name email } } }',
  '{ person(id: "1") { id name email orders { id total product { sku title price } } } }',
  '{ people(ids: ["1", "2", "9"]) { name friends { email name greeting manager { id } } } }',
  '{ person(id: "1") { a: name name b: id friends { id x: id email } lastProduct { title owner { name } } } }',
  '{ topProducts { title price owner { name orders { id } } } search(text: "a") { ... on Page { url } } }',
])('%s', async (document) => {
  const before = answersRead()
  const places = [1, 4]
  await expectSameAnswers(document, [
    ...WHOLE,
    ...TEXTS.flatMap((text) => places.map((place) => replaced(place, text))),
  ])
  expect(answersRead() - before).toBeGreaterThan(40)
})

test('any answer gives the same, read as text or parsed, whatever is wrong with it', async () => {
  const before = answersRead()
  await fc.assert(
    fc.asyncProperty(
      drawnSelections(),
      fc.array(fc.record({ place: fc.nat(200), text: fc.constantFrom(...TEXTS) }), { maxLength: 12 }),
      async (drawn, replacements) => {
        const document = queryOf(reading.gateway.schema, drawn)
        fc.pre((await reading.gateway.plan(document)).kind === 'planned')
        await expectSameAnswers(document, [
          ...WHOLE,
          ...replacements.map(({ place, text }) => replaced(place, text)),
        ])
      },
    ),
    { numRuns: 20 },
  )
  expect(answersRead() - before).toBeGreaterThan(50)
})
