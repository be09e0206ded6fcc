import type { QueryPlanner } from '@graphql-hive/router-query-planner'
import type { PlanSource } from './plan-source.ts'

/**
 * Plans in threads of this process. Some valid documents over supergraphs with interface objects make the native planner
 * (0.0.38) abort the process that it runs in, so this is for supergraphs that are known; for others there is
 * `planInChildProcess`.
 */
export function planInProcess(planner: QueryPlanner, timeoutMs: number): PlanSource {
  return {
    plan: ({ document, operationName, activeLabels, percentage }) =>
      planner.planAsync(
        document,
        operationName,
        new Set(activeLabels),
        percentage,
        AbortSignal.timeout(timeoutMs),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
