import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sameJson, type JsonObject, type JsonValue } from './json.ts'

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>

describe('canonicalJson', () => {
  it('orders keys by code unit at every depth, and leaves lists as they are', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: true }, 10: 'x', 9: 'é"\n' })).toBe(
      '{"10":"x","9":"é\\"\\n","a":{"c":true,"d":null},"b":[2,1]}',
    )
  })

  it('gives the same text whatever order the keys were sent in', () => {
    const shuffled = fc
      .dictionary(fc.string(), fc.jsonValue(), { minKeys: 2, maxKeys: 40 })
      .chain((object) =>
        fc.tuple(fc.constant(object), fc.shuffledSubarray(Object.keys(object), { minLength: 2 })),
      )
    fc.assert(
      fc.property(shuffled, ([object, keys]) => {
        const forward = Object.fromEntries(keys.map((key) => [key, object[key]])) as JsonObject
        const backward = Object.fromEntries(keys.toReversed().map((key) => [key, object[key]])) as JsonObject
        expect(canonicalJson(backward)).toBe(canonicalJson(forward))
      }),
    )
  })

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('sameJson', () => {
  it('says whether two values have the same canonical text', () => {
    const similar = fc.jsonValue({
      maxDepth: 2,
      stringUnit: fc.constantFrom('a', 'b'),
    }) as fc.Arbitrary<JsonValue>
    fc.assert(
      fc.property(similar, similar, (a, b) => {
        expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
        expect(sameJson(a, JSON.parse(canonicalJson(a)) as JsonValue)).toBe(true)
      }),
    )
  })

  it('does not take what every object inherits for a member', () => {
    expect(sameJson({ toString: null }, { a: null })).toBe(false)
  })
})
