import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { supergraphTypesOf } from './supergraph-types.ts'

const plain = supergraphTypesOf(`
  type Query { open: Int own: Int @authenticated mine: Int @cacheControl(scope: PRIVATE) ours: Int @cacheControl(scope: PUBLIC) safe: Safe }
  type Safe @requiresScopes(scopes: [["admin"]]) { word: String }
`)
const renamed = supergraphTypesOf(`
  schema
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "signedIn")
    @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@needs" }])
    @link(url: "https://shop.example/caching/v1.0", import: [{ name: "@cacheControl", as: "@cached" }])
  { query: Query }
  type Query { open: Int own: Int @signedIn mine: Int @cached(scope: PRIVATE) ours: Int @cached(scope: PUBLIC) safe: Safe }
  type Safe @needs(scopes: [["admin"]]) { word: String }
`)

test.each([
  ['{ open }', false],
  ['{ own }', true],
  ['{ mine }', true],
  ['{ ours }', false],
  ['{ open safe { word } }', true],
])('%s: is it private? %s, also where the directives are linked under other names', (document, expected) => {
  expect(plain.isPrivate(parse(document))).toBe(expected)
  expect(renamed.isPrivate(parse(document))).toBe(expected)
})
