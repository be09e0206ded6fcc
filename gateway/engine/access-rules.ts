import {
  isAbstractType,
  getNamedType,
  isUnionType,
  Kind,
  parse,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
} from 'graphql'
import { argumentOf, directiveNames } from '../directive-names.ts'

/** What has been granted to whoever asks. */
export interface Grant {
  isAuthenticated: boolean
  /** `admin` stands for all. */
  scopes: readonly string[]
}

/** The rules of `@authenticated` and `@requiresScopes` in a supergraph. */
export interface AccessRules {
  /** The part of a grant that makes a difference: equal keys may read the same. */
  keyOf(grant: Grant): string
  /** Why a field of a type may not be read, else undefined. */
  deniedCode(
    parent: GraphQLCompositeType,
    fieldName: string,
    grant: Grant,
  ): 'FORBIDDEN' | 'UNAUTHENTICATED' | undefined
}

/** Any of the lists must be granted whole. */
type ScopeChoice = readonly (readonly string[])[]

interface Requirement {
  authenticated: boolean
  scopes: readonly ScopeChoice[]
}

/**
 * A field asks for what it says itself, what its parent type says, and what the type of its value says. A field of an
 * interface also asks for what it asks for on each type that implements it: nobody reads through an interface what
 * he may not read on the type.
 */
export function accessRulesOf(supergraphSdl: string, schema: GraphQLSchema): AccessRules {
  const document = parse(supergraphSdl, { noLocation: true })
  const stated = requirementsOf(document)
  const scopesThatMatter = new Set([...stated.values()].flatMap(({ scopes }) => scopes.flat(2)))
  const known = new Map<string, Requirement>()

  return {
    keyOf(grant) {
      if (stated.size === 0) return ''
      const scopes = grant.scopes.filter((scope) => scope === ALL || scopesThatMatter.has(scope))
      return `${String(grant.isAuthenticated)} ${[...new Set(scopes)].sort().join(' ')}`
    },
    deniedCode(parent, fieldName, grant) {
      if (stated.size === 0 || fieldName.startsWith('__')) return undefined
      const coordinate = `${parent.name}.${fieldName}`
      let requirement = known.get(coordinate)
      if (!requirement) known.set(coordinate, (requirement = requirementOf(parent, fieldName)))
      return refusal(requirement, grant)
    },
  }

  function requirementOf(parent: GraphQLCompositeType, fieldName: string): Requirement {
    const members = isAbstractType(parent) ? schema.getPossibleTypes(parent) : []
    return allOf(
      [parent, ...members].flatMap((type) => {
        const field = isUnionType(type) ? undefined : type.getFields()[fieldName]
        const valueType = field && getNamedType(field.type)
        return [
          stated.get(type.name),
          stated.get(`${type.name}.${fieldName}`),
          stated.get(valueType?.name ?? ''),
        ]
      }),
    )
  }
}

const ALL = 'admin'

function refusal(
  { authenticated, scopes }: Requirement,
  grant: Grant,
): 'FORBIDDEN' | 'UNAUTHENTICATED' | undefined {
  if (!grant.isAuthenticated && (authenticated || scopes.length > 0)) return 'UNAUTHENTICATED'
  if (grant.scopes.includes(ALL)) return undefined
  const isGranted = scopes.every((choice) =>
    choice.some((all) => all.every((scope) => grant.scopes.includes(scope))),
  )
  return isGranted ? undefined : 'FORBIDDEN'
}

function allOf(requirements: readonly (Requirement | undefined)[]): Requirement {
  return {
    authenticated: requirements.some((requirement) => requirement?.authenticated),
    scopes: requirements.flatMap((requirement) => requirement?.scopes ?? []),
  }
}

/** By the name of a type or the coordinate of a field. */
function requirementsOf(document: DocumentNode): Map<string, Requirement> {
  const authenticated = directiveNames(document, 'authenticated')
  const requiresScopes = directiveNames(document, 'requiresScopes')
  const stated = new Map<string, Requirement>()
  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue
    if (definition.kind === Kind.DIRECTIVE_DEFINITION || definition.kind === Kind.OPERATION_DEFINITION)
      continue
    const typeName = definition.name.value
    add(typeName, definition.directives as readonly ConstDirectiveNode[] | undefined)
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue
    for (const field of definition.fields ?? []) add(`${typeName}.${field.name.value}`, field.directives)
  }
  return stated

  function add(coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void {
    const own = (directives ?? []).flatMap((directive): Requirement[] => {
      if (authenticated.has(directive.name.value)) return [{ authenticated: true, scopes: [] }]
      if (!requiresScopes.has(directive.name.value)) return []
      return [{ authenticated: true, scopes: [scopeChoice(argumentOf(directive, 'scopes'))] }]
    })
    if (own.length > 0) stated.set(coordinate, allOf(own))
  }
}

function scopeChoice(value: ConstValueNode | undefined): ScopeChoice {
  return listOf(value).map((all) =>
    listOf(all).map((scope) => (scope.kind === Kind.STRING ? scope.value : '')),
  )
}

function listOf(value: ConstValueNode | undefined): readonly ConstValueNode[] {
  if (!value) return []
  return value.kind === Kind.LIST ? value.values : [value]
}
