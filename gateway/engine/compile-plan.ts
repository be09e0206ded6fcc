import type {
  BatchFetchNode,
  FetchNode,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner'
import { parse } from 'graphql'
import type { CacheRules } from '../cache/fetches/cache-rules.ts'
import { compileEntityFetch, compileRootFetch } from '../cache/fetches/compile-cached-fetch.ts'
import type { CachedFetch } from '../cache/fetches/cached-fetch.ts'
import type { SubgraphClient } from '../subgraph-client.ts'
import {
  eachComposite,
  fieldTreeOf,
  markWritten,
  renameInTree,
  subtree,
  type FieldTree,
} from './field-tree.ts'
import { createCollector, type CollectEntities } from './collect-entities.ts'
import { createMerger, type Merge } from './compile-merge.ts'
import { compileProjector, singleKeyOf, type Projector, type SingleKey } from './projector.ts'
import { keysOf, parseRewrite, type Rewrite } from './rewrites.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/** A plan with everything looked up and parsed that would otherwise be looked up and parsed for each request. */
export interface CompiledPlan {
  /** Only for a subscription: what gives the events that `step` is then run on. */
  subscription: RootFetch | null
  step: PlanStep | null
}

export type PlanStep =
  | RootFetch
  | EntityFetch
  | { kind: 'sequence' | 'parallel'; steps: readonly PlanStep[] }
  | { kind: 'condition'; variable: string; whenTrue: PlanStep | null; otherwise: PlanStep | null }

/** What every call of a subgraph has. */
export interface Fetch {
  subgraph: SubgraphClient
  subgraphName: string
  document: string
  operationName: string | undefined
  /** Of the client's variables, those that the document uses. */
  variableNames: readonly string[]
  /** Whether it selects what may differ between two who may read the same types and fields. */
  isPrivate: boolean
  /** Null when its answers are not kept. */
  cached: CachedFetch | null
}

/** What is taken over from an answer. */
export interface Taken {
  /** As the answer has it. */
  answerTree: FieldTree
  outputRewrites: readonly Rewrite[]
  /** After the rewrites. */
  tree: FieldTree
  /** What takes over by the tree; asked once for each answer. */
  merger: () => Merge
}

/** Fields of a root type. */
export interface RootFetch extends Fetch, Taken {
  kind: 'root'
  isMutation: boolean
}

/** Fields of entities that earlier fetches have found, in one call for all parts. */
export interface EntityFetch extends Fetch {
  kind: 'entities'
  parts: readonly EntityPart[]
}

export interface EntityPart extends Taken {
  /** The name under which the answer has the entities, and the variable that takes the representations. */
  responseName: string
  variable: string
  paths: readonly (readonly FlattenNodePathSegment[])[]
  /** One for each path. */
  collectors: readonly CollectEntities[]
  requires: readonly RequiresSelection[]
  project: Projector
  singleKey: SingleKey | null
}

export interface CompilePlanOptions {
  /** Finds the client of a subgraph by the name that plans use. Throws when there is none. */
  findSubgraph: (name: string) => SubgraphClient
  types: SupergraphTypes
  /** Null: nothing is cached. */
  caching: { rules: CacheRules } | null
}

export function compilePlan(plan: QueryPlan, options: CompilePlanOptions): CompiledPlan {
  const found: Taken[] = []
  const compiler = createNodeCompiler(options, found)
  const [first, ...rest] = plan.node?.kind === 'Sequence' ? plan.node.nodes : [plan.node]
  let compiled: CompiledPlan
  if (first?.kind === 'Subscription') {
    const steps = rest.flatMap((node) => (node ? [compiler.step(node, [])] : []))
    const subscription = compiler.root(first.primary)
    compiled = { subscription, step: steps.length > 0 ? { kind: 'sequence', steps } : null }
  } else {
    compiled = { subscription: null, step: plan.node ? compiler.step(plan.node, []) : null }
  }
  const written = writtenNames(found, compiler.flattenedNames)
  for (const taken of found) {
    taken.tree = markWritten(taken.tree, written)
    taken.merger = createMerger(taken.tree, options.types)
  }
  return compiled
}

/** The fields into whose objects more than one fetch writes: those on the way to entities, and those in several answers. */
function writtenNames(found: readonly Taken[], flattened: ReadonlySet<string>): Set<string> {
  const written = new Set(flattened)
  const seen = new Set<string>()
  for (const { tree } of found) {
    const own = new Set<string>()
    eachComposite(tree, (name) => own.add(name))
    for (const name of own) {
      if (seen.has(name)) written.add(name)
      seen.add(name)
    }
  }
  return written
}

type Path = readonly FlattenNodePathSegment[]

function createNodeCompiler({ findSubgraph, types, caching }: CompilePlanOptions, found: Taken[]) {
  const flattenedNames = new Set<string>()
  return { step, root, flattenedNames }

  function step(node: PlanNode, at: Path): PlanStep {
    switch (node.kind) {
      case 'Sequence':
        return { kind: 'sequence', steps: node.nodes.map((child) => step(child, at)) }
      case 'Parallel':
        return { kind: 'parallel', steps: node.nodes.map((child) => step(child, at)) }
      case 'Condition':
        return {
          kind: 'condition',
          variable: node.condition,
          whenTrue: node.ifClause ? step(node.ifClause, at) : null,
          otherwise: node.elseClause ? step(node.elseClause, at) : null,
        }
      case 'Fetch':
        return node.requires ? entityFetch(node, node.requires, at) : root(node)
      case 'Flatten':
        return step(node.node, [...at, ...node.path])
      case 'BatchFetch':
        return batchFetch(node)
      default:
        throw new Error(`a plan has a ${node.kind} where none can be`)
    }
  }

  function root(node: FetchNode): RootFetch {
    const fetch: RootFetch = {
      kind: 'root',
      isMutation: node.operationKind === 'mutation',
      ...fetchOf(node, cachedRoot(node)),
      ...takenFields(fieldTreeOf(node.operation), types, node),
    }
    found.push(fetch)
    return fetch
  }

  function entityFetch(node: FetchNode, requires: readonly RequiresSelection[], path: Path): EntityFetch {
    const part = entityPart(fieldTreeOf(node.operation), {
      ...node,
      requires,
      alias: '_entities',
      representationsVariableName: 'representations',
      paths: [path],
    })
    return { kind: 'entities', ...fetchOf(node, cachedEntities(node, [part])), parts: [part] }
  }

  function batchFetch(node: BatchFetchNode): EntityFetch {
    const tree = fieldTreeOf(node.operation)
    const parts = node.entityBatch.aliases.map((alias) => entityPart(tree, alias))
    return { kind: 'entities', ...fetchOf(node, cachedEntities(node, parts)), parts }
  }

  function cachedRoot({ serviceName, operation, operationKind = 'query' }: FetchNode): CachedFetch | null {
    if (!caching || operationKind !== 'query') return null
    return compileRootFetch({ subgraph: serviceName, operation }, caching.rules)
  }

  function cachedEntities(
    { serviceName, operation }: FetchNode | BatchFetchNode,
    parts: readonly EntityPart[],
  ): CachedFetch | null {
    const found = parts.flatMap(({ responseName, singleKey }) =>
      singleKey ? [{ responseName, typeName: singleKey.typename, key: singleKey.name }] : [],
    )
    if (!caching || found.length < parts.length) return null
    return compileEntityFetch({ subgraph: serviceName, operation }, found, caching.rules)
  }

  function entityPart(tree: FieldTree, source: PartSource): EntityPart {
    for (const path of source.paths) {
      for (const segment of path) {
        if (typeof segment === 'object' && 'Field' in segment) flattenedNames.add(segment.Field)
      }
    }
    const inputRewrites = (source.inputRewrites ?? []).map(parseRewrite)
    const representation = { requires: source.requires, inputRewrites, types }
    const part: EntityPart = {
      responseName: source.alias,
      variable: source.representationsVariableName,
      paths: source.paths,
      collectors: source.paths.map((path) => createCollector(path, types)),
      requires: source.requires,
      project: compileProjector(representation),
      singleKey: singleKeyOf(representation),
      ...takenFields(subtree(tree, source.alias), types, source),
    }
    found.push(part)
    return part
  }

  function fetchOf(node: FetchNode | BatchFetchNode, cached: CachedFetch | null): Fetch {
    return {
      subgraph: findSubgraph(node.serviceName),
      subgraphName: node.serviceName,
      document: cached?.document ?? node.operation,
      operationName: node.operationName,
      variableNames: node.variableUsages ?? [],
      isPrivate: types.isPrivate(parse(node.operation, { noLocation: true })),
      cached,
    }
  }
}

interface PartSource {
  alias: string
  representationsVariableName: string
  paths: readonly Path[]
  requires: readonly RequiresSelection[]
  inputRewrites?: FetchNode['inputRewrites'] | undefined
  outputRewrites?: FetchNode['outputRewrites'] | undefined
}

function takenFields(
  answerTree: FieldTree,
  types: SupergraphTypes,
  source: { outputRewrites?: FetchNode['outputRewrites'] | undefined },
): Taken {
  const outputRewrites = (source.outputRewrites ?? []).map(parseRewrite)
  const tree = outputRewrites.reduce(
    (current, rewrite) =>
      rewrite.kind === 'rename' ? renameInTree(current, keysOf(rewrite), rewrite.to) : current,
    answerTree,
  )
  return { answerTree, outputRewrites, tree, merger: createMerger(tree, types) }
}
