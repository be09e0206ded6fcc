import { buildSchema, parse, type OperationDefinitionNode } from 'graphql'
import { expect, test } from 'vitest'
import { createCannedAnswers } from './canned-answer.ts'
import { sampleVariables } from './sample-variables.ts'

const SDL = `
  type Query { person(id: ID!): Person  hits: [Hit!]! }
  type Person { id: ID!  age: Int  tags: [String!]  mood: Mood  score: Float! }
  type Page { url: String! }
  union Hit = Person | Page
  enum Mood { GOOD BAD }
`

test('answers a query with values of the right kinds', () => {
  const answer = createCannedAnswers(SDL)
  expect(answer('{ p: person(id: 1) { id age tags mood score } }', {})).toEqual({
    p: { id: 'rehearsal-1', age: 2, tags: ['rehearsal-3', 'rehearsal-4'], mood: 'GOOD', score: 5.5 },
  })
  expect(
    answer('{ hits { __typename ... on Page { url } ...P } } fragment P on Person { mood }', {}),
  ).toEqual({
    hits: [
      { __typename: 'Person', mood: 'GOOD' },
      { __typename: 'Person', mood: 'GOOD' },
    ],
  })
})

test('answers for entities with what their representations say', () => {
  const representations = [{ __typename: 'Person', id: '7' }]
  const document = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id age } } }'
  expect(createCannedAnswers(SDL)(document, { r: representations })).toEqual({
    _entities: [{ id: '7', age: 1 }],
  })
})

test('makes variables that an operation takes', () => {
  const schema = buildSchema(`
    type Query { a: Int }
    scalar When
    enum Size { S L }
    input Key @oneOf { id: ID  name: String }
    input Filter { size: Size!  inner: Filter  word: String }
  `)
  const [operation] = parse('query($a: ID!, $b: [Int!], $c: Filter!, $d: Key, $e: When, $f: Int = 4) { a }')
    .definitions as [OperationDefinitionNode]
  expect(sampleVariables(schema, operation, 3)).toEqual({
    a: 'rehearsal-3',
    b: [3],
    c: { size: 'S' },
    d: { id: 'rehearsal-3' },
    e: 'rehearsal-3',
  })
})
