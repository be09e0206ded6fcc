import type { Fold } from './fold.ts'
import type { IdentityLog } from './identity/identity-log.ts'
import type { Materialise } from './materialise.ts'
import type { PathMetrics } from './metrics.ts'
import type { Relay } from './relay.ts'
import type { Sweep } from './sweep.ts'

/** The steps of the worker, each measured; otherwise as they are. */
export interface MeasuredSteps {
  fold(fold: Fold): Fold
  materialise(materialise: Materialise): Materialise
  identityLog(log: IdentityLog): IdentityLog
  sweep(sweep: Sweep): Sweep
  relay(relay: Relay): Relay
}

export function measuredSteps(metrics: PathMetrics): MeasuredSteps {
  return {
    fold: (fold) => ({
      ...fold,
      foldTrails: (ids) =>
        metrics.time(
          'fold',
          () => fold.foldTrails(ids),
          ({ applied }) => applied,
        ),
    }),
    materialise: (materialise) => (ids) =>
      metrics.time(
        'materialise',
        () => materialise(ids),
        () => ids.length,
      ),
    identityLog: (log) => ({
      ...log,
      step: (limit) =>
        metrics.time(
          'link',
          () => log.step(limit),
          ({ decided }) => decided,
        ),
    }),
    sweep: (sweep) => ({
      ...sweep,
      sweep: (limit) =>
        metrics.time(
          'sweep',
          () => sweep.sweep(limit),
          (swept) => swept,
        ),
    }),
    relay: (relay) => ({
      ...relay,
      carryWritten: (limit) => metrics.time('relay', () => relay.carryWritten(limit), itself),
      carryFound: (limit, options) => metrics.time('relay', () => relay.carryFound(limit, options), itself),
    }),
  }
}

function itself(count: number): number {
  return count
}
