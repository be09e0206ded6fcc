import type {
  BatchFetchNode,
  FetchNode,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner'
import type { SubgraphClient } from '../subgraph-client.ts'
import { fieldTreeOf, renameInTree, subtree, type FieldTree } from './field-tree.ts'
import { keysOf, parseRewrite, type Rewrite } from './rewrites.ts'

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
}

/** Fields of a root type. */
export interface RootFetch extends Fetch {
  kind: 'root'
  tree: FieldTree
  outputRewrites: readonly Rewrite[]
}

/** Fields of entities that earlier fetches have found, in one call for all parts. */
export interface EntityFetch extends Fetch {
  kind: 'entities'
  parts: readonly EntityPart[]
}

export interface EntityPart {
  /** The name under which the answer has the entities, and the variable that takes the representations. */
  responseName: string
  variable: string
  paths: readonly (readonly FlattenNodePathSegment[])[]
  requires: readonly RequiresSelection[]
  inputRewrites: readonly Rewrite[]
  outputRewrites: readonly Rewrite[]
  tree: FieldTree
}

/** Finds the client of a subgraph by the name that plans use. Throws when there is none. */
export type FindSubgraph = (name: string) => SubgraphClient

export function compilePlan(plan: QueryPlan, find: FindSubgraph): CompiledPlan {
  const [first, ...rest] = plan.node?.kind === 'Sequence' ? plan.node.nodes : [plan.node]
  if (first?.kind === 'Subscription') {
    const steps = rest.flatMap((node) => (node ? [compileNode(node, find)] : []))
    return {
      subscription: rootFetch(first.primary, find),
      step: steps.length > 0 ? { kind: 'sequence', steps } : null,
    }
  }
  return { subscription: null, step: plan.node ? compileNode(plan.node, find) : null }
}

function compileNode(node: PlanNode, find: FindSubgraph): PlanStep {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map((child) => compileNode(child, find)) }
    case 'Parallel':
      return { kind: 'parallel', steps: node.nodes.map((child) => compileNode(child, find)) }
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause ? compileNode(node.ifClause, find) : null,
        otherwise: node.elseClause ? compileNode(node.elseClause, find) : null,
      }
    case 'Fetch':
      return rootFetch(node, find)
    case 'Flatten':
      if (node.node.kind !== 'Fetch')
        throw new Error(`a plan flattens a ${node.node.kind}; only a Fetch is known`)
      return entityFetch(node.node, node.path, find)
    case 'BatchFetch':
      return batchFetch(node, find)
    default:
      throw new Error(`a plan has a ${node.kind} where none can be`)
  }
}

function rootFetch(node: FetchNode, find: FindSubgraph): RootFetch {
  const outputRewrites = (node.outputRewrites ?? []).map(parseRewrite)
  const tree = treeAfter(outputRewrites, fieldTreeOf(node.operation))
  return { kind: 'root', ...fetchOf(node, find), tree, outputRewrites }
}

function entityFetch(
  node: FetchNode,
  path: readonly FlattenNodePathSegment[],
  find: FindSubgraph,
): EntityFetch {
  const part = entityPart(fieldTreeOf(node.operation), {
    alias: '_entities',
    representationsVariableName: 'representations',
    paths: [path],
    requires: node.requires ?? [],
    inputRewrites: node.inputRewrites,
    outputRewrites: node.outputRewrites,
  })
  return { kind: 'entities', ...fetchOf(node, find), parts: [part] }
}

function batchFetch(node: BatchFetchNode, find: FindSubgraph): EntityFetch {
  const tree = fieldTreeOf(node.operation)
  const parts = node.entityBatch.aliases.map((alias) => entityPart(tree, alias))
  return { kind: 'entities', ...fetchOf(node, find), parts }
}

interface PartSource {
  alias: string
  representationsVariableName: string
  paths: readonly (readonly FlattenNodePathSegment[])[]
  requires: readonly RequiresSelection[]
  inputRewrites?: FetchNode['inputRewrites'] | undefined
  outputRewrites?: FetchNode['outputRewrites'] | undefined
}

function entityPart(tree: FieldTree, source: PartSource): EntityPart {
  const inputRewrites = (source.inputRewrites ?? []).map(parseRewrite)
  const outputRewrites = (source.outputRewrites ?? []).map(parseRewrite)
  const entityTree = treeAfter(outputRewrites, subtree(tree, source.alias))
  // To the subgraph of an interface object the entity has the interface's name; its real type must not be lost to that.
  const isDisguised = inputRewrites.some((rewrite) => keysOf(rewrite).at(-1) === '__typename')
  return {
    responseName: source.alias,
    variable: source.representationsVariableName,
    paths: source.paths,
    requires: source.requires,
    inputRewrites,
    outputRewrites,
    tree: isDisguised ? entityTree.filter((field) => field.responseName !== '__typename') : entityTree,
  }
}

function treeAfter(rewrites: readonly Rewrite[], tree: FieldTree): FieldTree {
  return rewrites.reduce(
    (current, rewrite) =>
      rewrite.kind === 'rename' ? renameInTree(current, keysOf(rewrite), rewrite.to) : current,
    tree,
  )
}

function fetchOf(node: FetchNode | BatchFetchNode, find: FindSubgraph): Fetch {
  return {
    subgraph: find(node.serviceName),
    subgraphName: node.serviceName,
    document: node.operation,
    operationName: node.operationName,
    variableNames: node.variableUsages ?? [],
  }
}
