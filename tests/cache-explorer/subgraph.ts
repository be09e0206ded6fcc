import {
  readOf,
  type EntityAnswered,
  type EntityRead,
  type EntityWant,
} from '../../gateway/cache/entity-read.ts'
import { valueOf, type Documents } from './documents.ts'
import type { Step } from './step.ts'

export interface BrokenSubgraph {
  readsTwice?: boolean
  tellsNoExpiry?: boolean
}

/** A want with the class of whoever asked, which is not always that under which it is kept. */
export interface AskedWant extends EntityWant {
  asked: string
}

interface SubgraphOptions {
  step: Step
  clock: () => number
  /** How many versions its store is behind; 0 for a primary. */
  lag: () => number
  broken: BrokenSubgraph
}

export interface Subgraph {
  /** As of when each answer was that has been given, in their order: epoch milliseconds. */
  readonly asOf: readonly number[]
  ask(wants: readonly AskedWant[]): Promise<EntityAnswered[]>
  /** For a request that goes by the cache: it is said to be stale while the version that it demands is not there. */
  askFor(want: AskedWant, demanded: { id: string; version: number }): Promise<EntityRead>
}

export function createSubgraph(documents: Documents, options: SubgraphOptions): Subgraph {
  const { step, clock, lag, broken } = options
  const asOf: number[] = []

  async function reading<T>(read: (at: number) => T): Promise<T> {
    await step('the subgraph reads')
    const at = clock()
    const result = read(at)
    await step('the subgraph answers')
    asOf.push(at)
    return result
  }

  function answer(want: AskedWant, at: number): EntityAnswered {
    const id = want.id ?? documents.holderOf(want.alias.slice(want.asked.length + 1))
    if (id === null) return { kind: 'absent' }
    const history = documents.history(id)
    const revision = history[Math.max(0, history.length - 1 - lag())]
    if (!revision?.isAlive) return { kind: 'absent' }
    const shown = broken.readsTwice ? (history[Math.max(0, history.length - 2)] ?? revision) : revision
    return {
      kind: 'found',
      id,
      version: revision.version,
      expiresAt: at < revision.changesAt && !broken.tellsNoExpiry ? revision.changesAt : null,
      values: want.fields.map(({ key }) => valueOf(id, shown, { of: want.asked, key, at })),
    }
  }

  return {
    asOf,
    ask: (wants) => reading((at) => wants.map((want) => answer(want, at))),
    askFor: (want, demanded) =>
      reading((at) => {
        const read = readOf(answer(want, at))
        const isStale = documents.latest(demanded.id).version < demanded.version
        return read.kind === 'failed' ? read : { ...read, isStale }
      }),
  }
}
