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
      ['read', 12],
      ['write', 5],
      ['relay', 7],
      ['delete', 1],
      ['move', 1],
      ['evict near', 2],
      ['evict shared', 1],
      ['flush', 1],
      ['failover', 1],
      ['cut', 1],
      ['mend', 2],
      ['restart', 1],
      ['later', 2],
    ] as const
  ).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })),
)

const action = fc.record({
  kind,
  process: fc.nat(1),
  entity: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
  key: fc.nat(1),
  fields: fc.constantFrom(['f'], ['g'], ['f', 'g']),
  isByKey: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
})

export const actions: fc.Arbitrary<Action[]> = fc.array(action, { minLength: 8, maxLength: 40, size: 'max' })
