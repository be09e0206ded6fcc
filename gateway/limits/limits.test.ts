import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { checkDocumentShape, DEFAULT_QUERY_LIMITS } from '../query-limits.ts'
import { checkVariables } from './check-variables.ts'
import { measureDocument } from './measure-document.ts'

const limits = DEFAULT_QUERY_LIMITS

describe('a document is refused for what it asks, before it is validated', () => {
  const cases: [string, string, string][] = [
    [
      'depth',
      `{ ${'a { '.repeat(limits.maxDepth)} b ${'}'.repeat(limits.maxDepth)} }`,
      `QUERY_TOO_DEEP: the document is 13 fields deep, and at most 12 are accepted`,
    ],
    [
      'depth hidden in fragments',
      `{ ...A } fragment A on X { ${'a { '.repeat(6)} ...B ${'}'.repeat(6)} } fragment B on X { ${'b { '.repeat(6)} c ${'}'.repeat(6)} }`,
      'QUERY_TOO_DEEP: the document is 13 fields deep, and at most 12 are accepted',
    ],
    [
      'fields multiplied by fragments',
      `{ ${'...A '.repeat(200)} } fragment A on X { a b c d e { f } }`,
      'QUERY_TOO_LARGE: the document selects 1200 fields with its fragments laid flat, at most 1000 are accepted',
    ],
    [
      'aliases, counted as often as they are spread',
      `{ ${'...A '.repeat(4)} } fragment A on X { a1: a a2: a a3: a a4: a b: b }`,
      'QUERY_TOO_MANY_ALIASES: the document has 16 aliases with its fragments laid flat, at most 15 are accepted',
    ],
    [
      'root fields',
      `{ ${'a '.repeat(21)} }`,
      'QUERY_TOO_MANY_ROOTS: the operation has 21 root fields, at most 20 are accepted',
    ],
    [
      'directives',
      `{ a ${'@skip(if: false) '.repeat(51)} }`,
      'QUERY_TOO_MANY_DIRECTIVES: the document has 51 directives, at most 50 are accepted',
    ],
    [
      'a list',
      `{ a(ids: [${'1 '.repeat(501)}]) }`,
      'LIST_TOO_LONG: the document has a list or page of 501, at most 500 are accepted',
    ],
    [
      'a page',
      '{ a { b(first: 100000) } }',
      'LIST_TOO_LONG: the document has a list or page of 100000, at most 500 are accepted',
    ],
  ]
  test.each(cases)('%s', (_name, document, expected) => {
    const error = checkDocumentShape(parse(document), limits)
    expect(`${String(error?.extensions['code'])}: ${error?.message ?? ''}`).toBe(expected)
  })

  test('but not for fragments that are missing or spread themselves: those are for validation', () => {
    expect(checkDocumentShape(parse('{ ...A ...B } fragment A on X { a { ...A } }'), limits)).toBeNull()
  })

  test('what introspection asks is not counted as depth', () => {
    expect(measureDocument(parse('{ __schema { a { b { c { d } } } } }')).depth).toBe(1)
  })
})

describe('variables are refused for', () => {
  const document = parse('query($v: JSON, $n: Int, $m: Int) { a(v: $v) { b(first: $n) c(size: $m) } }')
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { x: nested(depth - 1) })
  const cases: [string, Record<string, unknown>, string][] = [
    ['a long text', { v: 'x'.repeat(140_000) }, 'VARIABLES_TOO_LARGE'],
    ['many numbers', { v: Array.from({ length: 40 }, () => Array(450).fill(1)) }, 'VARIABLES_TOO_LARGE'],
    ['long names', { v: { ['x'.repeat(140_000)]: 1 } }, 'VARIABLES_TOO_LARGE'],
    ['depth', { v: nested(13) }, 'VARIABLES_TOO_LARGE'],
    ['a list', { v: { list: Array(501).fill(1) } }, 'LIST_TOO_LONG'],
    ['a page', { n: 501 }, 'LIST_TOO_LONG'],
    ['a member named __proto__', { v: JSON.parse('[{"__proto__": 1}]') as unknown }, 'BAD_USER_INPUT'],
  ]
  test.each(cases)('%s', (_name, variables, code) => {
    expect(checkVariables(document, variables, limits)?.extensions['code']).toBe(code)
  })

  test('nothing, when they are within', () => {
    const variables = { v: { list: Array(500).fill('a'), deep: nested(10) }, n: 500, m: 10_000 }
    expect(checkVariables(document, variables, limits)).toBeNull()
  })
})
