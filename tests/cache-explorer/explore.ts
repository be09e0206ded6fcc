import fc from 'fast-check'
import { actions, narrowActions, type Action } from './actions.ts'
import { turns, World, type BrokenWorld } from './world.ts'

export interface Exploration {
  schedules: number
  seed?: number
  /** Of a schedule that broke a promise: shown again alone. */
  path?: string
  /** Of one process that reads and one entity that changes, and nothing else. */
  isNarrow?: boolean
}

/** What happens in some order, interleaved in some way with all that is under way. The first that breaks a promise is told. */
export async function explore(
  { schedules, seed, path, isNarrow = false }: Exploration,
  broken: BrokenWorld = {},
): Promise<fc.RunDetails<[scheduler: fc.Scheduler, given: Action[]]>> {
  return fc.check(
    fc.asyncProperty(fc.scheduler(), isNarrow ? narrowActions : actions, async (scheduler, given) => {
      const world = new World(scheduler, broken)
      scheduler.scheduleSequence(
        given.map((action) => ({
          label: `${action.kind} ${action.process}${action.entity}`,
          builder: () => Promise.resolve(world.perform(action)),
        })),
      )
      do {
        await scheduler.waitAll()
        await turns()
      } while (scheduler.count() > 0)
      await world.settle()
    }),
    {
      numRuns: schedules,
      endOnFailure: true,
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
    },
  )
}
