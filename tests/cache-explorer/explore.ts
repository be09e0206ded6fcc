import fc from 'fast-check'
import { actionsIn, type Action, type Terrain } from './actions.ts'
import { turns, World, type BrokenWorld } from './world.ts'

export interface Exploration {
  schedules: number
  seed?: number
  /** Of a schedule that broke a promise: shown again alone. */
  path?: string
  terrain?: Terrain
}

/** What happens in some order, interleaved in some way with all that is under way. The first that breaks a promise is told. */
export async function explore(
  { schedules, seed, path, terrain = 'wide' }: Exploration,
  broken: BrokenWorld = {},
): Promise<fc.RunDetails<[scheduler: fc.Scheduler, given: Action[]]>> {
  return fc.check(
    fc.asyncProperty(fc.scheduler({ act }), actionsIn(terrain), async (scheduler, given) => {
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

/** As with what a process is given from outside: all that can follow from one step has followed before the next one. */
async function act(step: () => Promise<unknown>): Promise<void> {
  await step()
  await new Promise((resolve) => setImmediate(resolve))
}
