import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityRequest } from '../batching/entity-request.ts'
import { entityCall, fakeSubgraph } from '../batching/testing/entity-calls.ts'
import { JsonRepresentation, representationByKey } from './representation.ts'

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"', '\\', '\n', 'é', '😀', '\ud800', 'a'.repeat(100)),
)
const typename = fc.constantFrom('Product', 'Profile')

const representation = fc.oneof(
  fc.record({ __typename: typename, id: key }).map((value) => ({
    value,
    made: representationByKey(`{"__typename":"${value.__typename}","id":"`, value.id),
  })),
  fc.record({ __typename: typename, sku: key }).map((value) => ({
    value,
    made: new JsonRepresentation(JSON.stringify(value)),
  })),
)

test('whatever the keys are, each representation and what is sent for all of them are the JSON of their values', () => {
  const subgraph = { ...fakeSubgraph(() => ({})), speaksText: true }
  fc.assert(
    fc.property(fc.array(representation, { maxLength: 5 }), (drawn) => {
      const values = drawn.map(({ value }) => value)
      const representations = drawn.map(({ made }) => made)
      expect(representations.map(({ json }) => json)).toEqual(values.map((value) => JSON.stringify(value)))
      expect(representations.map(({ value }) => value)).toEqual(values)

      const call = entityCall(subgraph, [], { variables: { first: 3 } })
      const parts = ['a', 'b'].map((variable) => ({ responseName: variable, variable, representations }))
      const sent = entityRequest(call, parts, Infinity, undefined).variablesJson
      expect(sent).toBe(JSON.stringify({ a: values, b: values, first: 3 }))
    }),
    { numRuns: 500 },
  )
})
