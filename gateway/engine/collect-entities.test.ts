import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectEntities, compileCollector } from './collect-entities.ts'
import { DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

const types: SupergraphTypes = {
  satisfies: (typename, condition) => typename === condition || condition === 'Node',
  isConcrete: () => true,
  isPrivate: () => false,
}

const failure = new FieldFailure('broken', { cause: undefined, code: undefined, reason: 'error' })

const segment: fc.Arbitrary<FlattenNodePathSegment> = fc.oneof(
  fc.constantFrom('items', 'product').map((Field) => ({ Field })),
  fc.constant('@' as const),
  fc.subarray(['Product', 'Profile', 'Node']).map((TypeCondition) => ({ TypeCondition })),
)

const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, undefined, 'text', 7, failure),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .record({
      __typename: fc.constantFrom('Product', 'Profile', null),
      items: tie('value'),
      product: tie('value'),
    })
    .map((members) => Object.assign(new DataObject(), members)),
})).object as fc.Arbitrary<DataObject>

test('what is compiled for a path finds what the general way finds, in the same order', () => {
  fc.assert(
    fc.property(data, fc.array(segment, { maxLength: 5 }), (root, path) => {
      const general: DataObject[] = []
      collectEntities(root, path, types, general)
      const compiled: DataObject[] = []
      compileCollector(path, types)(root, compiled)
      expect(compiled.length).toBe(general.length)
      expect(compiled.every((found, index) => found === general[index])).toBe(true)
    }),
    { numRuns: 500 },
  )
})
