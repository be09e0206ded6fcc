import { readFileSync } from 'node:fs'
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { compileCost } from './compile-cost.ts'
import { costRulesOf } from './cost-rules.ts'

function costOf(sdl: string, text: string, given: Record<string, unknown> = {}, denied = 'nothing'): number {
  const schema = buildSchema(sdl, { assumeValidSDL: true })
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  if (!coerced) throw new Error(String(errors))
  const rules = costRulesOf(sdl)
  const isDenied = ({ name }: { name: { value: string } }) => name.value === denied
  return compileCost({ schema, document, operation, rules, isDenied })(coerced)
}

const plain = `
  type Query { me: Person people(by: [ID!]!): [Person]! all: [Person!] grid: [[Person]] any: Any thing: Thing }
  type Mutation { touch: Person note: Boolean }
  interface Thing { id: ID! }
  type Person implements Thing { id: ID! name: String friends(first: Int = 3): [Person!] orders(first: Int, last: Int): Orders tags: [String!] }
  type Orders { edges: [Edge!] total: Int hints: [Tip!] }
  type Edge { node: Order }
  type Order implements Thing { id: ID! }
  type Tip { text: String }
  union Any = Person | Order | Tip
`

describe('an operation costs about as many objects as it may give', () => {
  const cases: [string, string, Record<string, unknown>, number][] = [
    ['scalars cost nothing, objects 1', '{ me { id name tags } __typename }', {}, 1],
    ['a list is as long as its argument says', '{ me { friends(first: 7) { id } } }', {}, 1 + 7],
    ['or the default of the argument', '{ me { friends { id } } }', {}, 1 + 3],
    ['or a variable', 'query($n: Int) { me { friends(first: $n) { id } } }', { n: 40 }, 1 + 40],
    ['or the default of a variable', 'query($n: Int = 6) { me { friends(first: $n) { id } } }', {}, 1 + 6],
    [
      'or the default of the argument where the variable is not given',
      'query($n: Int) { me { friends(first: $n) { id } } }',
      {},
      1 + 3,
    ],
    ['what is negative is nothing', 'query($n: Int) { me { friends(first: $n) { id } } }', { n: -9 }, 1],
    ['or a list in the document', '{ people(by: ["1", "2"]) { id } }', {}, 2],
    ['or a list in a variable', 'query($by: [ID!]!) { people(by: $by) { id } }', { by: ['1', '2', '3'] }, 3],
    ['else 10', '{ all { id } }', {}, 10],
    ['and 10 for each list in a list', '{ grid { id } }', {}, 100],
    [
      'lists multiply',
      'query($n: Int) { people(by: ["1", "2"]) { friends(first: $n) { friends(first: 5) { id } } } }',
      { n: 4 },
      2 * (1 + 4 * (1 + 5)),
    ],
    [
      'a page is sized by the argument above it',
      '{ me { orders(last: 20) { edges { node { id } } hints { text } } } }',
      {},
      1 + 1 + 20 * 2 + 10,
    ],
    ['a mutation costs 10 a field', 'mutation { touch { id } note }', {}, 10 + 1 + 10],
    [
      'of fragments on several types, the dearest counts',
      '{ any { ... on Person { friends(first: 5) { id } } ... on Tip { text } } }',
      {},
      1 + 5,
    ],
    [
      'those on one type together',
      '{ any { ...A ...B } } fragment A on Thing { ... on Person { friends(first: 5) { id } } ... on Order { id } } fragment B on Person { friends(first: 6) { id } }',
      {},
      1 + 5 + 6,
    ],
    [
      'what can never be is nothing',
      '{ me { ... on Thing { ... on Person { friends(first: 2) { id } } ... on Order { id } } } }',
      {},
      1 + 2,
    ],
    [
      'what is left out costs nothing',
      'query($with: Boolean!) { me { friends @include(if: $with) { id } ... @skip(if: true) { orders { total } } } }',
      { with: false },
      1,
    ],
    [
      'and what is not left out does',
      'query($with: Boolean!) { me { friends @include(if: $with) { id } } }',
      { with: true },
      1 + 3,
    ],
  ]
  test.each(cases)('%s: %s', (_, text, variables, expected) => {
    expect(costOf(plain, text, variables)).toBe(expected)
  })

  test('what may not be read is not asked for, and costs nothing', () => {
    expect(costOf(plain, '{ me { friends { id } } }', {}, 'friends')).toBe(1)
  })
})

describe('@cost and @listSize', () => {
  const sdl = `
    schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@price" }]) { query: Query }
    directive @price(weight: Int!) on SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION
    directive @cost__listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean) on FIELD_DEFINITION
    type Query {
      report(deep: Boolean @price(weight: 50)): Report
      words: [Word!] @cost__listSize(assumedSize: 4)
      search(page: Page): [Report!] @cost__listSize(slicingArguments: ["page.size"], assumedSize: 30)
      feed(count: Int): Feed @cost__listSize(slicingArguments: ["count"], sizedFields: ["entries"])
      thing: Thing
    }
    input Page { size: Int }
    interface Thing { slow: Int }
    type Report implements Thing @price(weight: 5) { slow: Int @price(weight: 100) plain: Int }
    type Feed { entries: [Report!] others: [Report!] }
    scalar Word @price(weight: 2)
  `
  test.each<[string, string, Record<string, unknown>, number]>([
    ['of a type', '{ report { plain } }', {}, 5],
    ['of a field', '{ report { slow } }', {}, 105],
    ['of a field, read through its interface', '{ thing { slow } }', {}, 105],
    ['of an argument that is given', '{ report(deep: true) { plain } }', {}, 55],
    ['of a scalar, in a list of an assumed size', '{ words }', {}, 8],
    ['a member of an argument says the size', '{ search(page: { size: 3 }) { plain } }', {}, 15],
    ['or of a variable', 'query($page: Page) { search(page: $page) { plain } }', { page: { size: 6 } }, 30],
    ['else the assumed one', 'query($page: Page) { search(page: $page) { plain } }', { page: {} }, 150],
    ['also without the argument', '{ search { plain } }', {}, 150],
    [
      'for the fields that are sized',
      '{ feed(count: 3) { entries { plain } others { plain } } }',
      {},
      1 + 15 + 50,
    ],
  ])('%s: %s', (_, text, variables, expected) => {
    expect(costOf(sdl, text, variables)).toBe(expected)
  })
})

test('our own documents cost far less than is accepted by default, for 500 recipients too', () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const api = read('schema/api.graphql')
  const document = read('documents/order-follow-up.graphql')
  expect(costOf(api, document, { by: { id: '1' } })).toBe(31)
  const many = document.replace('$by: ProfileKey!', '$by: [ProfileKey!]!').replace('profile(', 'profiles(')
  const by = Array.from({ length: 500 }, (_, id) => ({ id: String(id) }))
  expect(costOf(api, many, { by })).toBe(500 * 31)
})
