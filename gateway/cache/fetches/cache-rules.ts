import {
  Kind,
  OperationTypeNode,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql'
import { MonogramError } from '../../../core/errors.ts'
import { argumentOf, directiveNames } from '../../directive-names.ts'
import { graphsOf } from '../../find-subgraph.ts'

/** What a supergraph says may be cached: `@cacheControl`, `@fenced` and `@entityLookup`, under any name. */
export interface CacheRules {
  /** How an entity is found and dated in a subgraph; null for a type that is no entity there, or has no key of one field. */
  entityOf(subgraph: string, typeName: string): CachedType | null
  /** What is said of a field that a subgraph answers; null when nothing is. */
  policyOf(subgraph: string, typeName: string, fieldName: string): CachePolicy | null
  lookupOf(rootFieldName: string): EntityLookup | null
  /** Of a field's value; null when it is not an object type's. */
  typeOf(typeName: string, fieldName: string): FieldType | null
}

export interface CachedType {
  key: string
  /** Null: nothing tells its changes, so that only time ends what is kept of it. */
  fence: { version: string; expiresAt: string | null } | null
}

/** In milliseconds. */
export interface CachePolicy {
  maxAgeMs: number
  isPrivate: boolean
  /** After `maxAgeMs`. */
  revalidateMs: number
  ifErrorMs: number
}

export interface EntityLookup {
  argument: string
  /** The member of the argument that is the entity's key; null: the argument is. */
  key: string | null
  /** Whether the argument is a list, which is answered in its order. */
  isList: boolean
  /** Of one item of the argument, as it is written in SDL. */
  argumentType: string
  typeName: string
}

export interface FieldType {
  name: string
  isList: boolean
}

/** Throws SUPERGRAPH_INVALID for a fenced type whose version is not of exactly one subgraph. */
export function cacheRulesOf(supergraphSdl: string): CacheRules {
  const document = parse(supergraphSdl, { noLocation: true })
  const names = {
    cacheControl: directiveNames(document, 'cacheControl'),
    fenced: directiveNames(document, 'fenced'),
    entityLookup: directiveNames(document, 'entityLookup'),
  }
  const graphs = new Map(graphsOf(document).map(({ enumValue, name }) => [name, enumValue]))
  const types = new Map(objectTypesOf(document).map((type) => [type.name.value, type]))
  const queryName = queryTypeName(document)
  const fences = new Map<string, Fence>()
  for (const type of types.values()) {
    const directive = find(type.directives, names.fenced)
    if (directive) fences.set(type.name.value, fenceOf(type, directive))
  }

  return {
    entityOf(subgraph, typeName) {
      const type = types.get(typeName)
      const key = type && singleKey(type, graphs.get(subgraph))
      if (key === undefined) return null
      const fence = fences.get(typeName)
      return { key, fence: fence && fence.graph === graphs.get(subgraph) ? fence : null }
    },
    policyOf(subgraph, typeName, fieldName) {
      const type = types.get(typeName)
      const own = find(fieldOf(type, fieldName)?.directives, names.cacheControl)
      if (own) return policyOf(own)
      const fence = fences.get(typeName)
      // What is said of a fenced type is said of what the version stands for: not of other subgraphs' fields.
      if (fence && fence.graph !== graphs.get(subgraph)) return null
      const ofType = find(type?.directives, names.cacheControl)
      return ofType ? policyOf(ofType) : null
    },
    lookupOf(rootFieldName) {
      const field = fieldOf(types.get(queryName), rootFieldName)
      const directive = find(field?.directives, names.entityLookup)
      return field && directive ? lookupOf(field, directive) : null
    },
    typeOf(typeName, fieldName) {
      const field = fieldOf(types.get(typeName), fieldName)
      const named = field && namedType(field.type)
      return named && types.has(named.name) ? named : null
    },
  }
}

interface Fence {
  version: string
  expiresAt: string | null
  graph: string
}

function fenceOf(type: ObjectTypeDefinitionNode, directive: ConstDirectiveNode): Fence {
  const version = textOf(directive, 'version') ?? 'version'
  const owners = graphsOfField(type, version)
  const [graph] = owners
  if (graph !== undefined && owners.length === 1)
    return { version, expiresAt: textOf(directive, 'expiresAt') ?? null, graph }
  throw new MonogramError(
    'SUPERGRAPH_INVALID',
    `@fenced of ${type.name.value}: expected ${type.name.value}.${version} to be of one subgraph, which gives it beside the fields that it is of; it is of ${owners.join(', ') || 'none'}`,
  )
}

/** The subgraphs that answer a field; all that have its type where the field itself says nothing. */
function graphsOfField(type: ObjectTypeDefinitionNode, fieldName: string): string[] {
  const field = fieldOf(type, fieldName)
  if (!field) return []
  const own = (field.directives ?? []).filter(({ name }) => name.value === 'join__field')
  const stated = own.length > 0 ? own : (type.directives ?? []).filter(isJoinType)
  return [...new Set(stated.flatMap((directive) => enumOf(directive, 'graph') ?? []))]
}

/** The first key of one field by which a subgraph finds the type. */
function singleKey(type: ObjectTypeDefinitionNode, graph: string | undefined): string | undefined {
  return (type.directives ?? [])
    .filter((directive) => isJoinType(directive) && enumOf(directive, 'graph') === graph)
    .flatMap((directive) => textOf(directive, 'key') ?? [])
    .find((key) => /^\w+$/.test(key))
}

function isJoinType({ name }: ConstDirectiveNode): boolean {
  return name.value === 'join__type'
}

function policyOf(directive: ConstDirectiveNode): CachePolicy {
  return {
    maxAgeMs: secondsOf(directive, 'maxAge'),
    isPrivate: enumOf(directive, 'scope') === 'PRIVATE',
    revalidateMs: secondsOf(directive, 'staleWhileRevalidate'),
    ifErrorMs: secondsOf(directive, 'staleIfError'),
  }
}

function lookupOf(field: FieldDefinitionNode, directive: ConstDirectiveNode): EntityLookup | null {
  const by = textOf(directive, 'by')
  const argument = field.arguments?.find(({ name }) => name.value === by)
  const { name: typeName, isList } = namedType(field.type)
  if (!argument || by === undefined) return null
  const given = namedType(argument.type)
  if (given.isList !== isList) return null
  return {
    argument: by,
    key: textOf(directive, 'key') ?? null,
    isList,
    argumentType: given.name,
    typeName,
  }
}

function namedType(type: FieldDefinitionNode['type']): FieldType {
  let isList = false
  let inner = type
  while (inner.kind !== Kind.NAMED_TYPE) {
    isList ||= inner.kind === Kind.LIST_TYPE
    inner = inner.type
  }
  return { name: inner.name.value, isList }
}

function objectTypesOf(document: DocumentNode): ObjectTypeDefinitionNode[] {
  return document.definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
}

function queryTypeName(document: DocumentNode): string {
  const schema = document.definitions.find(({ kind }) => kind === Kind.SCHEMA_DEFINITION)
  if (schema?.kind !== Kind.SCHEMA_DEFINITION) return 'Query'
  return (
    schema.operationTypes.find(({ operation }) => operation === OperationTypeNode.QUERY)?.type.name.value ??
    'Query'
  )
}

function fieldOf(type: ObjectTypeDefinitionNode | undefined, name: string): FieldDefinitionNode | undefined {
  return type?.fields?.find((field) => field.name.value === name)
}

function find(
  directives: readonly ConstDirectiveNode[] | undefined,
  names: ReadonlySet<string>,
): ConstDirectiveNode | undefined {
  return directives?.find(({ name }) => names.has(name.value))
}

function textOf(directive: ConstDirectiveNode, argument: string): string | undefined {
  const value = argumentOf(directive, argument)
  return value?.kind === Kind.STRING ? value.value : undefined
}

function enumOf(directive: ConstDirectiveNode, argument: string): string | undefined {
  const value = argumentOf(directive, argument)
  return value?.kind === Kind.ENUM ? value.value : undefined
}

function secondsOf(directive: ConstDirectiveNode, argument: string): number {
  const value = argumentOf(directive, argument)
  return value?.kind === Kind.INT ? Number(value.value) * 1_000 : 0
}
