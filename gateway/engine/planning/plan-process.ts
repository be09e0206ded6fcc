import { QueryPlanner, type QueryPlan } from '@graphql-hive/router-query-planner'
import type { PlanRequest } from './plan-source.ts'

/** What the process of the planner is told: the supergraph first, then one request after the other. */
export type ToPlanProcess = { supergraphSdl: string } | { request: PlanRequest }

/** Its answer to each request. */
export type FromPlanProcess = { plan: QueryPlan } | { error: string }

let planner: QueryPlanner | undefined

process.on('message', (message: ToPlanProcess) => {
  if ('supergraphSdl' in message) planner = new QueryPlanner(message.supergraphSdl)
  else process.send?.(answerTo(message.request))
})
process.on('disconnect', () => process.exit())

function answerTo({ document, operationName, activeLabels, percentage }: PlanRequest): FromPlanProcess {
  try {
    if (!planner) throw new Error('a request came before its supergraph')
    return { plan: planner.plan(document, operationName, new Set(activeLabels), percentage) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
