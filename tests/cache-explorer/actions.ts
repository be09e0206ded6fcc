import fc from 'fast-check'

/** Something that happens, to one of two gateways or relays, and one of two entities. */
export interface Action {
  kind: Kind
  process: number
  entity: number
  key: number
  fields: readonly string[]
  /** Whether the entity is looked for by a key of it instead of by its id. */
  isByKey: boolean
  /** What a read has to show at least: a version that was written, or one that its client has made up. */
  demand: 'nothing' | 'what is written' | 'what is not'
}

type Kind =
  | 'read'
  | 'load'
  | 'write'
  | 'delete'
  | 'move'
  | 'relay'
  | 'evict near'
  | 'evict shared'
  | 'flush'
  | 'failover'
  | 'miss'
  | 'cut'
  | 'mend'
  | 'restart'
  | 'later'

/** How often what happens, and to how many. */
interface TerrainOptions {
  weights: Partial<Record<Kind, number>>
  processes: 1 | 2
  entities: 1 | 2
  keys: 1 | 2
  /** Of six reads, how many look for an entity by a key, and how many demand a version. */
  byKey: number
  demands: number
  fields: readonly (readonly string[])[]
}

const ONE: Omit<TerrainOptions, 'weights'> = {
  processes: 1,
  entities: 1,
  keys: 1,
  byKey: 0,
  demands: 0,
  fields: [['f']],
}

const OPTIONS = {
  /** All that can happen. */
  wide: {
    weights: {
      read: 24,
      load: 3,
      write: 10,
      relay: 16,
      delete: 1,
      move: 3,
      'evict near': 4,
      'evict shared': 2,
      flush: 1,
      failover: 1,
      miss: 1,
      cut: 1,
      mend: 2,
      restart: 2,
      later: 2,
    },
    processes: 2,
    entities: 2,
    keys: 2,
    byKey: 1,
    demands: 1,
    fields: [['f'], ['f'], ['f'], ['f'], ['g'], ['f', 'g']],
  },
  /** One process that asks for the same again and again while it changes: what has to happen during one read happens then. */
  changes: { ...ONE, weights: { read: 12, write: 3, relay: 5, 'evict near': 1 } },
  /** A process that begins while its entity changes. */
  beginnings: { ...ONE, weights: { read: 8, write: 4, relay: 6, restart: 3 } },
  /** An entity that goes and comes back. */
  returns: { ...ONE, weights: { read: 8, write: 3, delete: 3, relay: 6, later: 4 }, processes: 2 },
  /** The same, and nothing else. */
  absences: { ...ONE, weights: { read: 10, write: 2, delete: 2, relay: 8 } },
  /** Keys that move. */
  moves: { ...ONE, weights: { read: 10, move: 3, delete: 3, relay: 8 }, entities: 2, byKey: 5 },
  /** Processes that miss what was told. */
  gaps: { ...ONE, weights: { read: 10, write: 4, relay: 10, miss: 5, flush: 1 } },
  /** A feed that loses what it was given. */
  failovers: { ...ONE, weights: { read: 8, write: 2, relay: 8, failover: 2, later: 2 } },
} satisfies Record<string, TerrainOptions>

/** Where little else happens, what a rule is for happens often. */
export type Terrain = keyof typeof OPTIONS

export const NARROW_TERRAINS = (Object.keys(OPTIONS) as Terrain[]).filter((terrain) => terrain !== 'wide')

export function actionsIn(terrain: Terrain): fc.Arbitrary<Action[]> {
  return fc.array(actionOf(OPTIONS[terrain]), { minLength: 8, maxLength: 40, size: 'max' })
}

function actionOf({
  weights,
  processes,
  entities,
  keys,
  byKey,
  demands,
  fields,
}: TerrainOptions): fc.Arbitrary<Action> {
  return fc.record({
    kind: fc.oneof(
      ...Object.entries(weights).map(([name, weight]) => ({
        weight,
        arbitrary: fc.constant(name as Kind),
      })),
    ),
    process: processes === 1 ? fc.constant(0) : mostlyFirst,
    entity: entities === 1 ? fc.constant(0) : mostlyFirst,
    key: keys === 1 ? fc.constant(0) : mostlyFirst,
    fields: fc.constantFrom(...fields),
    isByKey: ofSix(byKey, true, false),
    demand: ofSix<Action['demand']>(demands, 'what is written', 'nothing').chain((demand) =>
      demand === 'nothing' ? fc.constant(demand) : ofSix<Action['demand']>(1, 'what is not', demand),
    ),
  })
}

/** So that things meet. */
const mostlyFirst: fc.Arbitrary<number> = ofSix(1, 1, 0)

function ofSix<T>(weight: number, chosen: T, otherwise: T): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 6 - weight, arbitrary: fc.constant(otherwise) },
    { weight, arbitrary: fc.constant(chosen) },
  )
}
