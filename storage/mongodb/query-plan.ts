import type { Document } from 'mongodb'
import type { DeclaredIndex } from './migrations.ts'

/** A read or a write as it is sent: which documents it looks at, and in which order. */
export interface SentQuery {
  collection: string
  filter: Document
  sort: Record<string, 1 | -1>
}

/** How a query finds its documents, by the rules that MongoDB's planner keeps. */
export interface QueryPlan {
  /** Names of indexes, one for each branch of an alternative; null where none serves: all documents are looked at. */
  indexes: readonly string[] | null
  /** All that could serve: which of them does is the planner's choice, by what it finds in each. */
  candidates: readonly string[]
  /** What is found comes in the order that is asked for; else all of it is sorted in memory. */
  isOrdered: boolean
  /** Fields of the filter that no bound of an index holds: what is found is read and then left out. */
  residual: readonly string[]
}

/**
 * `equal`: one value. `some`: one of a list. `range`: between bounds. `there`: that it has one at all, which bounds
 * nothing, but asks for rows of a partial index. `other`: what no index bounds.
 */
type Constraint = 'equal' | 'some' | 'range' | 'there' | 'other'

const ID_INDEX = { name: '_id_', key: { _id: 1 } } as const

/**
 * The best that one of the indexes does for a query: equalities first, then the order, then a range
 * (https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/). For tests: the protocol server has no
 * `explain`.
 */
export function planQuery(
  { collection, filter, sort }: SentQuery,
  declared: readonly DeclaredIndex[],
): QueryPlan {
  const indexes = [ID_INDEX, ...declared.filter((index) => index.collection === collection)]
  const { constraints, alternatives } = constraintsOf(filter)
  const plans = indexes.flatMap((index) => planByIndex(index, constraints, sort) ?? [])
  // One document at most, whatever else is asked of it.
  const byId = plans.find(({ name }) => name === ID_INDEX.name && isNamed(constraints, '_id'))
  const [best] = byId
    ? [byId]
    : plans.toSorted(
        (a, b) =>
          Number(b.isOrdered) - Number(a.isOrdered) ||
          a.residual.length - b.residual.length ||
          a.open - b.open,
      )
  if (best) {
    const { name, isOrdered, residual } = best
    const candidates = plans.map((plan) => plan.name)
    return {
      indexes: [name],
      candidates,
      isOrdered,
      residual: [...residual, ...alternatives.map(() => '$or')],
    }
  }
  const [branches] = alternatives
  if (branches === undefined) return { indexes: null, candidates: [], isOrdered: false, residual: [] }
  const plansOfBranches = branches.map((branch) =>
    planQuery({ collection, filter: branch, sort: {} }, declared),
  )
  return {
    indexes: plansOfBranches.some((plan) => plan.indexes === null)
      ? null
      : plansOfBranches.flatMap((plan) => plan.indexes ?? []),
    candidates: plansOfBranches.flatMap((plan) => plan.candidates),
    isOrdered: Object.keys(sort).length === 0,
    residual: [...constraints.keys(), ...plansOfBranches.flatMap((plan) => plan.residual)],
  }
}

/** Whether these give the field its values. */
export function isNamed(constraints: ReadonlyMap<string, Constraint>, field: string): boolean {
  return ['equal', 'some'].includes(constraints.get(field) ?? 'other')
}

interface IndexPlan {
  name: string
  isOrdered: boolean
  residual: readonly string[]
  /** Fields of the index that nothing is said of. */
  open: number
}

function planByIndex(
  { name, key, only }: { name: string; key: Record<string, 1 | -1>; only?: string },
  constraints: ReadonlyMap<string, Constraint>,
  sort: Record<string, 1 | -1>,
): IndexPlan | null {
  if (only !== undefined && (constraints.get(only) ?? 'other') === 'other') return null
  const fields = Object.keys(key)
  const bounded = boundedFields(fields, constraints)
  // A partial index is as small as the work that waits; in any other, something has to be bounded.
  if (bounded.length === 0 && only === undefined && Object.keys(sort)[0] !== fields[0]) return null
  if (bounded.length === 0 && only === undefined && constraints.size > 0) return null
  const held = new Set([
    ...bounded,
    ...(only !== undefined && constraints.get(only) === 'there' ? [only] : []),
  ])
  return {
    name,
    isOrdered: isOrderedBy(key, constraints, sort),
    residual: [...constraints.keys()].filter((field) => !held.has(field)),
    open: fields.length - bounded.length,
  }
}

/** The first fields of the index, up to the first range. */
function boundedFields(fields: readonly string[], constraints: ReadonlyMap<string, Constraint>): string[] {
  const bounded: string[] = []
  for (const field of fields) {
    const constraint = constraints.get(field) ?? 'other'
    if (constraint === 'other' || constraint === 'there') break
    bounded.push(field)
    if (constraint === 'range') break
  }
  return bounded
}

/** Whether the index gives what it holds in that order, or wholly the other way round. */
function isOrderedBy(
  key: Record<string, 1 | -1>,
  constraints: ReadonlyMap<string, Constraint>,
  sort: Record<string, 1 | -1>,
): boolean {
  const wanted = Object.entries(sort)
  const given = Object.entries(key)
  let direction: number | null = null
  for (const [field, order] of wanted) {
    // One value: the order of these does not matter.
    while (given[0] && given[0][0] !== field && constraints.get(given[0][0]) === 'equal') given.shift()
    const [next] = given
    if (next?.[0] !== field) return false
    direction ??= order * next[1]
    if (order * next[1] !== direction) return false
    given.shift()
  }
  return true
}

/** What a filter says of each field, and the alternatives in it. */
export function constraintsOf(filter: Document): {
  constraints: Map<string, Constraint>
  alternatives: Document[][]
} {
  const constraints = new Map<string, Constraint>()
  const alternatives: Document[][] = []
  const note = (field: string, constraint: Constraint): void => {
    const before = constraints.get(field)
    constraints.set(field, before === undefined || before === 'other' ? constraint : before)
  }
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$or') alternatives.push(condition as Document[])
    else if (field === '$expr') note(comparedField(condition as Document), 'equal')
    else if (field === '$and') {
      for (const part of condition as Document[]) {
        const inner = constraintsOf(part)
        for (const [name, constraint] of inner.constraints) note(name, constraint)
        alternatives.push(...inner.alternatives)
      }
    } else note(field, constraintOf(condition))
  }
  return { constraints, alternatives }
}

/** `{ $eq: ['$trail', '$$trail'] }`, of each document that is looked up. */
function comparedField(expression: Document): string {
  const [field] = (expression['$eq'] ?? []) as string[]
  return (field ?? '').replace(/^\$/, '')
}

function constraintOf(condition: unknown): Constraint {
  if (typeof condition !== 'object' || condition === null) return 'equal'
  const operators = Object.keys(condition)
  const inner = (condition as { $elemMatch?: unknown }).$elemMatch
  if (inner !== undefined) return constraintOf(inner)
  if (operators.includes('$in')) return 'some'
  if (operators.some((operator) => ['$gt', '$gte', '$lt', '$lte'].includes(operator))) return 'range'
  return (condition as { $exists?: boolean }).$exists === true ? 'there' : 'other'
}

/** What a command asks for; nothing for one that asks for nothing. */
export function queriesOf(name: string, command: Document): SentQuery[] {
  const collection = String(command[name])
  const { filter, q, updates, deletes, pipeline, sort } = command as Record<string, unknown>
  const one = (of: unknown, order: unknown = {}): SentQuery => ({
    collection,
    filter: of as Document,
    sort:
      order instanceof Map ? (Object.fromEntries(order) as SentQuery['sort']) : (order as SentQuery['sort']),
  })
  return [
    ...(filter === undefined ? [] : [one(filter, sort)]),
    ...(q === undefined ? [] : [one(q)]),
    ...([updates ?? [], deletes ?? []] as { q: Document }[][]).flat().map((write) => one(write.q)),
    ...(pipeline === undefined
      ? []
      : pipelineQueries(pipeline as Document[]).map(([match, order]) => one(match, order))),
  ]
}

/** What a pipeline begins with, and the pipelines that it looks documents up by. */
function pipelineQueries(pipeline: readonly Document[]): [filter: Document, sort: Document][] {
  const [first, second] = pipeline
  const begins: [Document, Document][] = first?.['$match']
    ? [[first['$match'] as Document, (second?.['$sort'] as Document | undefined) ?? {}]]
    : []
  const inner = pipeline.flatMap((stage) => {
    const lookup = stage['$lookup'] as { pipeline?: Document[] } | undefined
    return lookup?.pipeline ? pipelineQueries(lookup.pipeline) : []
  })
  return [...begins, ...inner]
}
