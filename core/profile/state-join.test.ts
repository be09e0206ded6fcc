import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../events/event.ts'
import { canonicalJson, type JsonValue } from '../json.ts'
import type { ProfileState } from './profile.ts'
import { combineStates, emptyState, foldEvents } from './state.ts'

/** Few ids and few instants, so that events amend each other and happen at once. */
const ids = fc.constantFrom('o1', 'o2', '__proto__', 'constructor', 7, null)
const amounts = fc.constantFrom(25.5, '10.25', 0, -3, 'none', null)
const lines = fc.array(
  fc.record(
    {
      product_id: fc.integer({ min: 1, max: 90 }),
      quantity: fc.integer({ min: -2, max: 5 }),
      price: amounts,
    },
    { requiredKeys: ['product_id'] },
  ),
  { maxLength: 40 },
)
const properties = fc.record(
  {
    order_id: ids,
    refund_id: ids,
    product_id: ids,
    total: amounts,
    products: lines,
    currency: fc.constantFrom('EUR', 'jpy', '?'),
  },
  { requiredKeys: [] },
)
const traits = fc.dictionary(
  fc.constantFrom('a', 'b', 'constructor'),
  fc.constantFrom(1, 'x', null, { y: 1 }),
)

const commerce = fc.record({
  type: fc.constant('track' as const),
  name: fc.constantFrom(
    'Order Completed',
    'order_updated',
    'Order Refunded',
    'Order Cancelled',
    'Product Viewed',
  ),
  body: fc.record({ properties }),
})
const person = fc.record({
  type: fc.constantFrom('identify', 'page', 'group'),
  name: fc.constant('-'),
  body: fc.record({ traits, context: fc.record({ traits }) }, { requiredKeys: [] }),
})

/** Where an event falls: which trail it belongs to, and which of that trail's writes applies it. */
interface Placed {
  event: Event
  trail: number
  write: number
}

/** Keys end in `name`, so that those of two lists differ. */
function placedEvents(name: string): fc.Arbitrary<Placed[]> {
  const one = fc.tuple(fc.oneof(commerce, person), fc.nat(6), fc.nat(3), fc.nat(2))
  return fc.array(one, { maxLength: 80 }).map((list) =>
    list.map(([{ type, name: called, body }, time, trail, write], index) => {
      const key = `${(index * 37) % 101}${name}`
      const rest = { trailId: 't', identity: 'userId:u', source: 's', bodyHash: '', pairs: [] }
      return {
        event: { ...rest, key, messageId: key, type, name: called, time, receivedAt: time, body },
        trail,
        write,
      }
    }),
  )
}

const inAnyOrder = placedEvents('').chain((placed) =>
  fc.tuple(
    fc.constant(placed),
    fc.shuffledSubarray(placed, { minLength: placed.length }),
    fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  ),
)

function folded(state: ProfileState, placed: readonly Placed[]): ProfileState {
  return foldEvents(
    state,
    placed.map(({ event }) => event),
    { currency: 'GBP' },
  )
}

/** As a store gives it back. */
function stored(state: ProfileState): ProfileState {
  return JSON.parse(JSON.stringify(state))
}

function text(state: ProfileState): string {
  const json: JsonValue = JSON.parse(JSON.stringify(state))
  return canonicalJson(json)
}

describe('a state of many events', () => {
  it('is the same in whatever order, by however many writes, and over whichever trails they came', () => {
    fc.assert(
      fc.property(inAnyOrder, ([placed, arrived, trails]) => {
        const states = trails.map((trail) => {
          const mine = arrived.filter((each) => each.trail === trail)
          return [0, 1, 2].reduce(
            (state, write) =>
              stored(
                folded(
                  state,
                  mine.filter((each) => each.write === write),
                ),
              ),
            emptyState(),
          )
        })
        expect(text(combineStates(states))).toBe(text(folded(emptyState(), placed)))
      }),
      { numRuns: 300 },
    )
  })

  it('is a join: combining is associative and commutative, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(placedEvents('a'), placedEvents('b'), placedEvents('c'), (...lists) => {
        const [a, b, c] = lists.map((placed) => folded(emptyState(), placed))
        if (a === undefined || b === undefined || c === undefined) throw new Error('three lists were made')
        const before = [a, b, c].map(text)
        const whole = text(combineStates([a, b, c]))
        expect(text(combineStates([combineStates([a, b]), c]))).toBe(whole)
        expect(text(combineStates([a, combineStates([b, c])]))).toBe(whole)
        expect(text(combineStates([c, b, a]))).toBe(whole)
        expect(text(combineStates([emptyState(), a]))).toBe(text(a))
        expect([a, b, c].map(text)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })
})
