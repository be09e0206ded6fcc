import fc from 'fast-check'
import { buildSchema, getVariableValues, parse, type OperationDefinitionNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { compileCoercer } from './compile-coercer.ts'

const schema = buildSchema(`
  type Query { a(key: Key, keys: [Key!], size: Size, n: Int = 3, tree: Tree, pick: Pick, any: JSON): Int }
  input Key { kind: String! value: String! weight: Float = 1.5 }
  input Tree { name: String branches: [Tree!] }
  input Pick @oneOf { id: ID email: String }
  enum Size { SMALL LARGE }
  scalar JSON
`)

function coercerFor(variables: string) {
  const document = parse(`query(${variables}) { a }`)
  const operation = document.definitions[0] as OperationDefinitionNode
  return { operation, coerce: compileCoercer(schema, operation) }
}

describe('says where a variable is wrong, and what was expected', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['$key: Key!', {}, 'variables.key: expected Key!, got nothing'],
    ['$key: Key!', { key: null }, 'variables.key: expected Key!, got null'],
    ['$key: Key!', { key: { kind: 5, value: 'a' } }, 'variables.key.kind: expected String, got 5'],
    ['$key: Key!', { key: { kind: 'a' } }, 'variables.key.value: expected String!, got nothing'],
    ['$key: Key', { key: 'a' }, 'variables.key: expected Key, got "a"'],
    [
      '$key: Key!',
      { key: { kind: 'a', value: 'b', valu: 1 } },
      'variables.key.valu: Key has no such field; did you mean value?',
    ],
    [
      '$keys: [Key!]!',
      { keys: [{ kind: 'a', value: 'b' }, null] },
      'variables.keys[1]: expected Key!, got null',
    ],
    ['$size: Size', { size: 'BIG' }, 'variables.size: expected Size, got "BIG"'],
    ['$n: Int', { n: 1.5 }, 'variables.n: expected Int, got 1.5'],
    [
      '$tree: Tree',
      { tree: { branches: [{ branches: [{ name: 1 }] }] } },
      'variables.tree.branches[0].branches[0].name: expected String, got 1',
    ],
    [
      '$pick: Pick',
      { pick: { id: 'a', email: 'b' } },
      'variables.pick: expected exactly one field of Pick, got id, email',
    ],
    ['$key: Key', { kye: 1 }, 'variables.kye: the document has no such variable; did you mean key?'],
  ]
  test.each(cases)('(%s) %j', (declared, given, expected) => {
    const outcome = coercerFor(declared).coerce(given)
    expect(outcome.kind === 'refused' && outcome.mistakes[0]).toContain(expected)
  })

  test('and not more than twenty times', () => {
    const outcome = coercerFor('$keys: [Key!]').coerce({ keys: Array(100).fill(1) })
    expect(outcome.kind === 'refused' && outcome.mistakes).toHaveLength(20)
  })
})

test('gives and refuses what graphql-js gives and refuses', () => {
  const { operation, coerce } = coercerFor(
    '$key: Key, $keys: [Key!] = [], $size: Size = LARGE, $n: Int! = 3, $tree: Tree, $pick: Pick, $any: JSON',
  )
  const leaf = fc.oneof(
    fc.constantFrom(null, 'SMALL', 'a', true, 1.5),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
    fc.string(),
  )
  const key = fc.record({ kind: leaf, value: leaf, weight: leaf }, { requiredKeys: [] })
  const { tree } = fc.letrec((tie) => ({
    tree: fc.record(
      { name: leaf, branches: fc.oneof(leaf, tie('tree'), fc.array(tie('tree'), { maxLength: 2 })) },
      { requiredKeys: [] },
    ),
  }))
  const given = fc.record(
    {
      key: fc.oneof(key, leaf),
      keys: fc.oneof(fc.array(key, { maxLength: 3 }), key, leaf),
      size: leaf,
      n: leaf,
      tree,
      pick: fc.record({ id: leaf, email: leaf }, { requiredKeys: [] }),
      any: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(given, (variables) => {
      const expected = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
      const outcome = coerce(variables)
      expect(outcome.kind).toBe(expected.errors ? 'refused' : 'coerced')
      if (outcome.kind === 'coerced') expect(plain(outcome.variables)).toEqual(plain(expected.coerced))
    }),
    { numRuns: 500 },
  )
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
