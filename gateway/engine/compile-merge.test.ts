import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileMerge } from './compile-merge.ts'
import { DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import type { FieldTree } from './field-tree.ts'
import { mergeFields } from './merge-fields.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

const types: SupergraphTypes = {
  satisfies: (typename, condition) => typename === condition,
  isConcrete: (typename) => typename === 'Profile' || typename === 'Product',
  isPrivate: () => false,
}

const names = ['__typename', 'id', 'constructor', 'items', 'product']
const failure = new FieldFailure('broken', { cause: undefined, code: undefined, reason: 'error' })

function treeOf(depth: number): fc.Arbitrary<FieldTree> {
  const fields = depth === 0 ? fc.constant(null) : fc.option(treeOf(depth - 1))
  const field = fc.record({ responseName: fc.constantFrom(...names), fields, isWritten: fc.boolean() })
  return fc.uniqueArray(field, { selector: ({ responseName }) => responseName, maxLength: 4 })
}

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, undefined, 'Profile', 'Node', 7, failure),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
})).object as fc.Arbitrary<DataObject>

test('a merge that is compiled for its tree gives what the general one gives, and leaves the source as it was', () => {
  fc.assert(
    fc.property(treeOf(3), value, value, (fields, present, incoming) => {
      const source = copyOf(incoming)
      const general = filled(present)
      const compiled = filled(present)
      mergeFields(general, incoming, fields, types)
      compileMerge(fields, types)(compiled, incoming)
      expect(compiled).toEqual(general)
      expect(incoming).toEqual(source)
    }),
  )
})

function filled(members: DataObject): DataObject {
  return Object.assign(new DataObject(), copyOf(members))
}

/** With failures as they are. */
function copyOf<T>(held: T): T {
  if (Array.isArray(held)) return held.map(copyOf) as T
  if (typeof held !== 'object' || held === null || held instanceof FieldFailure) return held
  return Object.fromEntries(Object.entries(held).map(([name, below]) => [name, copyOf(below)])) as T
}
