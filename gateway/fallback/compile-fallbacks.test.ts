import { buildSchema, parse, type OperationDefinitionNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { compileFallbacks } from './compile-fallbacks.ts'
import { checkFallbackDirectives, fallbackDirectives } from './fallback-directives.ts'

const schema = buildSchema(`
  type Query { person: Person  people: [Person]!  must: Person! }
  type Person { id: ID!  name: String  size: Size  tips: [Tip!]  boss: Person }
  type Tip { text: String!  score: Float }
  enum Size { SMALL LARGE }
`)

function compile(
  query: string,
  declared: Record<string, unknown> = {},
  byField = new Map<string, unknown>(),
) {
  const document = parse(query)
  const operation = document.definitions[0] as OperationDefinitionNode
  const { fallbacks, mistakes } = compileFallbacks({ schema, document, operation, byField, declared })
  return { ...fallbacks, byPath: Object.fromEntries(fallbacks.byPath), mistakes }
}

describe('the whole answer without any subgraph', () => {
  test('has what the document declares, and null for the rest', () => {
    expect(
      compile('{ person { name tips { text } boss { name } } }', {
        'person.name': 'there',
        'person.tips': [],
      }),
    ).toMatchObject({
      whole: { person: { name: 'there', tips: [], boss: null } },
      rootNames: ['person'],
      mistakes: [],
    })
  })

  test('has what the graph declares where the document says nothing', () => {
    const byField = new Map<string, unknown>([
      ['Person.tips', [{ text: 'hello' }]],
      ['Person.name', 'somebody'],
    ])
    const query = '{ p: person { name t: tips { __typename words: text score } } }'
    expect(compile(query, { 'p.name': 'you' }, byField)).toMatchObject({
      whole: { p: { name: 'you', t: [{ __typename: 'Tip', words: 'hello', score: null }] } },
      byPath: { 'p.name': 'you', p: { name: 'you', tips: [{ text: 'hello' }] } },
    })
  })

  test('is null for an object in which a field that cannot be null has nothing', () => {
    expect(compile('{ person { id name } }', { 'person.name': 'there' }).whole).toEqual({ person: null })
    expect(compile('{ must { id name } }', { 'must.name': 'there' }).whole).toBeNull()
    expect(compile('{ must { id name } }', { 'must.id': '0' }).whole).toEqual({
      must: { id: '0', name: null },
    })
  })

  test('sees through fragments, and fields that are asked for twice', () => {
    const query = `{ person { ...A name } person { boss { name } } } fragment A on Person { ... on Person { size } }`
    expect(compile(query, { 'person.boss.name': 'b', 'person.size': 'SMALL' }).whole).toEqual({
      person: { size: 'SMALL', name: null, boss: { name: 'b' } },
    })
  })
})

describe('a document is told that its fallback', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    [
      'has no place',
      { 'person.nmae': 'x' },
      'person.nmae: the document has no field there; did you mean person.name?',
    ],
    ['is of another type', { 'person.name': 5 }, 'person.name: expected String, got 5'],
    ['is not of the enum', { 'person.size': 'HUGE' }, 'person.size: expected Size, got "HUGE"'],
    ['is no list', { 'person.tips': {} }, 'person.tips: expected [Tip!], got {}'],
    ['has a null in it', { 'person.tips': [null] }, 'person.tips[0]: expected Tip!, got null'],
    ['lacks a field', { 'person.tips': [{}] }, 'person.tips[0].text: expected String!, got null'],
    [
      'has a field too many',
      { 'person.tips': [{ text: 'a', txt: 'b' }] },
      'person.tips[0].txt: there is no such field here; did you mean text?',
    ],
    ['is null where none may be', { 'person.id': null }, 'person.id: expected ID!, got null'],
  ]
  test.each(cases)('%s', (_name, declared, expected) => {
    const { mistakes } = compile('{ person { id name size tips { text } } }', declared)
    expect(mistakes).toEqual([`fallbacks: ${expected}`])
  })
})

describe('@fallback of a supergraph', () => {
  test('is read by field', () => {
    const sdl = `type Person { name: String @fallback(value: "x")  tips: [Tip!] @fallback(value: [{ text: "a", score: 1.5 }]) }`
    expect(Object.fromEntries(fallbackDirectives(sdl))).toEqual({
      'Person.name': 'x',
      'Person.tips': [{ text: 'a', score: 1.5 }],
    })
  })

  test('is read under the name that a link gives the directive', () => {
    const sdl = `schema @link(url: "https://monogram.dev/fallback/v1.0", import: [{ name: "@fallback", as: "@orElse" }]) { query: Query }
      type Query { name: String @orElse(value: "there") }`
    expect(Object.fromEntries(fallbackDirectives(sdl))).toEqual({ 'Query.name': 'there' })
  })

  test('is refused when the field could never have the value', () => {
    const fallbacks = new Map<string, unknown>([
      ['Person.name', 5],
      ['Person.tips', [{ score: 1 }]],
      ['Person.size', 'SMALL'],
    ])
    expect(() => checkFallbackDirectives(fallbacks, schema)).toThrow(
      '@fallback of Person.name: expected String, got 5\n@fallback of Person.tips[0].text: expected String!, got null',
    )
  })
})
