import { QueryPlanner, type QueryPlan } from '@graphql-hive/router-query-planner'
import {
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  validate,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { apiSchemaFrom } from './api-schema.ts'
import { accessRulesOf, type Grant } from './engine/access-rules.ts'
import { compileCost, type OperationCost } from './engine/cost/compile-cost.ts'
import { costRulesOf } from './engine/cost/cost-rules.ts'
import { deniedFieldsOf, type DeniedFields } from './engine/denied-fields.ts'
import { createBoundedQueue } from './engine/planning/bounded-queue.ts'
import { planInChildProcess } from './engine/planning/plan-in-child-process.ts'
import { planInProcess } from './engine/planning/plan-in-process.ts'
import { TwoLevelCache, type CacheCounts } from './engine/two-level-cache.ts'
import { plannableDocument } from './plannable-document.ts'
import { checkDocumentShape, checkDocumentSize, isTooManyTokens, type QueryLimits } from './query-limits.ts'

/** A document with the operation that was asked for, ready to run. */
export interface PlannedDocument {
  kind: 'planned'
  document: DocumentNode
  operation: OperationDefinitionNode
  /** Null when no subgraph needs to be asked. */
  plan: QueryPlan | null
  /** What whoever asks may not read. It is not in the plan. */
  denied: DeniedFields
  /** With variables as the operation declares them, defaults included. */
  cost: OperationCost
}

/** A document that is ready, or why it cannot be. */
export type PlannedOperation = PlannedDocument | { kind: 'refused'; errors: readonly GraphQLError[] }

export interface Planner extends AsyncDisposable {
  /** What clients see. */
  readonly schema: GraphQLSchema
  readonly cacheCounts: CacheCounts
  /** Never rejects. The same text, name and access give the same object for as long as it is kept. */
  plan(document: string, operationName: string | undefined, grant: Grant): Promise<PlannedOperation>
  /** From now on what is made of this text stays, whatever else is asked for. Only for texts that the operator trusts. */
  keep(document: string): void
}

export interface PlannerOptions {
  supergraphSdl: string
  limits: QueryLimits
  /** In a process of its own, which every supergraph needs that is not known beforehand (see `planInProcess`). */
  isIsolated?: boolean
  overrides?: Overrides
  maxCachedDocuments?: number
  /** Of the texts that are kept; a plan takes some twenty times its text. */
  maxCachedCharacters?: number
  maxPlansAtOnce?: number
  maxWaitingPlans?: number
  planTimeoutMs?: number
}

/** Which fields `@override` with a label has moved to their new subgraph. */
export interface Overrides {
  activeLabels: readonly string[]
  /** From 0 to 100, drawn for each request: those with `percent(n)` are moved when it is less than n. */
  drawPercentage: () => number
}

const NO_OVERRIDES: Overrides = { activeLabels: [], drawPercentage: () => Math.random() * 100 }

/**
 * Plans documents and keeps what it made of them, refusals included: nothing is parsed, validated or planned twice.
 * Validation must come before planning. The planner is native code that trusts what it is given: a fragment that
 * spreads itself, which validation refuses, takes the process that it runs in down.
 */
export function createPlanner({
  supergraphSdl,
  limits,
  isIsolated = false,
  overrides = NO_OVERRIDES,
  maxCachedDocuments = 1_000,
  maxCachedCharacters = 4_000_000,
  maxPlansAtOnce = 2,
  maxWaitingPlans = 1_000,
  planTimeoutMs = 10_000,
}: PlannerOptions): Planner {
  const planner = new QueryPlanner(supergraphSdl)
  const schema = apiSchemaFrom(planner.consumerSchema)
  const percentages = [0, ...planner.overridePercentages].sort((a, b) => a - b)
  const source = isIsolated
    ? planInChildProcess(supergraphSdl, planTimeoutMs)
    : planInProcess(planner, planTimeoutMs)
  const queue = createBoundedQueue({ maxAtOnce: maxPlansAtOnce, maxWaiting: maxWaitingPlans })
  const access = accessRulesOf(supergraphSdl, schema)
  const costRules = costRulesOf(supergraphSdl)
  /** Of trusted texts: a stream of others, each asked twice, would push out one that is seldom rendered. */
  const kept = new Map<string, Promise<PlannedOperation>>()
  const trusted = new Set<string>()
  const cache = new TwoLevelCache<Promise<PlannedOperation>>({
    maxEntries: maxCachedDocuments,
    maxWeight: maxCachedCharacters,
  })

  return {
    schema,
    get cacheCounts() {
      return cache.counts
    },
    plan(text, operationName, grant) {
      const name = operationName ?? ''
      const percentage = percentages.length > 1 ? drawnPercentage() : 0
      const key = keyOf(text, `${name}\n${percentage}\n${access.keyOf(grant)}`)
      const known = kept.get(key) ?? cache.get(key)
      if (known) return known
      const planned = planAnew(text, operationName, grant, percentage)
      if (trusted.has(text) && kept.size < trusted.size * MAX_KEPT_VARIANTS) {
        kept.set(key, planned)
        void forgetWhenTooBusy(key, planned)
      } else if (text.length <= limits.maxDocumentBytes) {
        cache.set(key, planned, key.length)
        void forgetWhenTooBusy(key, planned)
      }
      return planned
    },
    keep(text) {
      trusted.add(text)
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  }

  async function forgetWhenTooBusy(key: string, planned: Promise<PlannedOperation>): Promise<void> {
    if ((await planned) !== TOO_BUSY) return
    kept.delete(key)
    cache.delete(key)
  }

  /** All that lie between the same two thresholds make the same plan: the lower of the two stands for them. */
  function drawnPercentage(): number {
    const drawn = overrides.drawPercentage()
    return percentages.findLast((threshold) => threshold <= drawn) ?? 0
  }

  async function planAnew(
    text: string,
    operationName: string | undefined,
    grant: Grant,
    percentage: number,
  ): Promise<PlannedOperation> {
    const tooLong = checkDocumentSize(text, limits)
    if (tooLong) return refused(tooLong)
    let document
    try {
      document = parse(text, { maxTokens: limits.maxTokens })
    } catch (error) {
      return refused(parseError(error))
    }
    const misshapen = checkDocumentShape(document, limits)
    if (misshapen) return refused(misshapen)
    const invalid = validate(schema, document)
    if (invalid.length > 0) return refused(...invalid.map(withCode('GRAPHQL_VALIDATION_FAILED')))
    const operation = getOperationAST(document, operationName)
    if (!operation) return refused(noSuchOperation(document, operationName))
    dropTokens(document)
    const denied = deniedFieldsOf(document, schema, access, grant)
    const isDenied = denied.has.bind(denied)
    const cost = compileCost({ schema, document, operation, rules: costRules, isDenied })
    const plannable = plannableDocument({ document, operation, schema, denied })
    if (plannable === null) return { kind: 'planned', document, operation, plan: null, denied, cost }
    const { activeLabels } = overrides
    const request = { document: plannable, operationName: operation.name?.value, activeLabels, percentage }
    try {
      const planning = queue(() => source.plan(request))
      if (!planning) return TOO_BUSY
      return { kind: 'planned', document, operation, plan: await planning, denied, cost }
    } catch (error) {
      return refused(unplannable(operation, error))
    }
  }
}

/** They are a list of all of the text, and nothing but errors of validation looks at them; places of nodes stay. */
function dropTokens(document: DocumentNode): void {
  visit(document, {
    enter({ loc }) {
      if (loc) Object.assign(loc, { startToken: undefined, endToken: undefined })
    },
  })
}

/**
 * The text itself where nothing else makes a difference, as is most often so: its hash is known to the caller's string
 * already. Other keys begin with a character that no such text may begin with.
 */
function keyOf(text: string, variant: string): string {
  if (variant === PLAIN_VARIANT && !text.startsWith(SEPARATOR)) return text
  return `${SEPARATOR}${variant.length}:${variant}${text}`
}

/** On average: who may see what, and which share of an override a request falls into, make plans of their own. */
const MAX_KEPT_VARIANTS = 32

const PLAIN_VARIANT = '\n0\n'
const SEPARATOR = '\0'

/** The one refusal that is of the moment, not of the document. */
const TOO_BUSY = refused(
  new GraphQLError('too many new documents are being planned; ask again in a moment', {
    extensions: { code: 'OVERLOADED' },
  }),
)

function refused(...errors: readonly GraphQLError[]): PlannedOperation {
  return { kind: 'refused', errors }
}

function withCode(code: string): (error: GraphQLError) => GraphQLError {
  return (error) =>
    new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      extensions: { ...error.extensions, code },
    })
}

function parseError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error
  return withCode(isTooManyTokens(error.message) ? 'QUERY_TOO_LARGE' : 'GRAPHQL_PARSE_FAILED')(error)
}

function noSuchOperation(document: DocumentNode, operationName: string | undefined): GraphQLError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  )
  const asked =
    operationName === undefined
      ? 'the document has several operations, and operationName does not say which one'
      : `the document has no operation named "${operationName}"`
  const message = names.length > 0 ? `${asked}; it has ${names.join(', ')}` : asked
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}

/** A valid document that cannot be planned is a fault of the supergraph or the planner, never of the client. */
function unplannable(operation: OperationDefinitionNode, error: unknown): GraphQLError {
  return new GraphQLError(`the ${operation.operation} cannot be planned`, {
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL' },
  })
}
