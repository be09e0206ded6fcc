import type { QueryPlan } from '@graphql-hive/router-query-planner'

/** One operation to be planned. It must be valid: the planner trusts what it is given. */
export interface PlanRequest {
  /** The text of one operation and its fragments. */
  document: string
  operationName: string | undefined
  /** The labels of `@override` that are in force. */
  activeLabels: readonly string[]
  /** From 0 to 100: `@override(label: "percent(n)")` is in force when it is less than n. */
  percentage: number
}

/** Where plans come from. Rejects when a plan cannot be made, and at its own time limit. */
export interface PlanSource extends AsyncDisposable {
  plan(request: PlanRequest): Promise<QueryPlan>
}
