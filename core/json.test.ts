import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sameJson, type JsonValue } from './json.ts'

/** Any JSON; fast-check's own type of it does not know ours. */
function json(constraints: fc.JsonSharedConstraints = {}): fc.Arbitrary<JsonValue> {
  return fc.json(constraints).map(parsed)
}

function parsed(text: string): JsonValue {
  return JSON.parse(text)
}

describe('canonicalJson', () => {
  it('orders keys by code unit at every depth, and leaves lists as they are', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: true }, 10: 'x', 9: 'é"\n' })).toBe(
      '{"10":"x","9":"é\\"\\n","a":{"c":true,"d":null},"b":[2,1]}',
    )
  })

  it('gives the same text whatever order the keys were sent in', () => {
    const shuffled = fc
      .uniqueArray(fc.tuple(fc.string(), json()), { maxLength: 40, selector: ([key]) => key })
      .chain((members) =>
        fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })),
      )
    fc.assert(
      fc.property(shuffled, ([members, others]) => {
        expect(canonicalJson(Object.fromEntries(others))).toBe(canonicalJson(Object.fromEntries(members)))
      }),
    )
  })

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('sameJson', () => {
  it('says whether two values have the same canonical text', () => {
    const similar = json({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b') })
    fc.assert(
      fc.property(similar, similar, (a, b) => {
        expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
        expect(sameJson(a, parsed(canonicalJson(a)))).toBe(true)
      }),
    )
  })

  it('does not take what every object inherits for a member', () => {
    expect(sameJson({ toString: null }, { a: null })).toBe(false)
  })
})
