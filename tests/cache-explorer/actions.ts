import fc from 'fast-check'

/** Something that happens, to one of two gateways or relays, and one of two entities. */
export interface Action {
  kind:
    | 'read'
    | 'write'
    | 'delete'
    | 'move'
    | 'relay'
    | 'evict near'
    | 'evict shared'
    | 'flush'
    | 'failover'
    | 'cut'
    | 'mend'
    | 'restart'
    | 'later'
  process: number
  entity: number
  key: number
  fields: readonly string[]
  /** Whether the entity is looked for by a key of it instead of by its id. */
  isByKey: boolean
}

const kind = fc.oneof(
  ...(
    [
      ['read', 24],
      ['write', 10],
      ['relay', 16],
      ['delete', 1],
      ['move', 3],
      ['evict near', 4],
      ['evict shared', 2],
      ['flush', 1],
      ['failover', 1],
      ['cut', 1],
      ['mend', 2],
      ['restart', 2],
      ['later', 2],
    ] as const
  ).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })),
)

/** So that things meet. */
function mostly<T>(often: T, seldom: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constant(seldom) })
}

const action = fc.record({
  kind,
  process: mostly(0, 1),
  entity: mostly(0, 1),
  key: mostly(0, 1),
  fields: fc.constantFrom(['f'], ['f'], ['f'], ['f'], ['g'], ['f', 'g']),
  isByKey: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
})

/** One process that asks for the same again and again while it changes: what has to happen during one read happens then. */
const narrow = fc.record({
  kind: fc.oneof(
    ...(
      [
        ['read', 12],
        ['write', 3],
        ['relay', 5],
        ['evict near', 1],
      ] as const
    ).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })),
  ),
  process: fc.constant(0),
  entity: fc.constant(0),
  key: fc.constant(0),
  fields: fc.constant(['f']),
  isByKey: fc.constant(false),
})

const LENGTH = { minLength: 8, maxLength: 40, size: 'max' } as const

export const actions: fc.Arbitrary<Action[]> = fc.array(action, LENGTH)

export const narrowActions: fc.Arbitrary<Action[]> = fc.array(narrow, LENGTH)
