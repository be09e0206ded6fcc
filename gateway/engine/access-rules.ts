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
  const names = directiveNames(document)
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
      if (directive.name.value === names.authenticated) return [{ authenticated: true, scopes: [] }]
      if (directive.name.value !== names.requiresScopes) return []
      const scopes = directive.arguments?.find(({ name }) => name.value === 'scopes')?.value
      return [{ authenticated: true, scopes: [scopeChoice(scopes)] }]
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

/** Under which names a supergraph has the two directives: a `@link` may call them otherwise. */
function directiveNames(document: DocumentNode): { authenticated: string; requiresScopes: string } {
  const names = { authenticated: 'authenticated', requiresScopes: 'requiresScopes' }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue
    for (const link of definition.directives ?? []) {
      const url = textOf(link, 'url')
      for (const name of ['authenticated', 'requiresScopes'] as const) {
        if (url?.includes(`/${name}/`)) names[name] = importedAs(link, name) ?? textOf(link, 'as') ?? name
      }
    }
  }
  return names
}

function textOf(directive: ConstDirectiveNode, argument: string): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.STRING ? value.value : undefined
}

function importedAs(link: ConstDirectiveNode, name: string): string | undefined {
  for (const item of listOf(link.arguments?.find((argument) => argument.name.value === 'import')?.value)) {
    if (item.kind === Kind.STRING && item.value === `@${name}`) return name
    if (item.kind !== Kind.OBJECT) continue
    const member = (key: string) => item.fields.find((field) => field.name.value === key)?.value
    const original = member('name')
    const renamed = member('as')
    if (original?.kind !== Kind.STRING || original.value !== `@${name}`) continue
    return renamed?.kind === Kind.STRING ? renamed.value.replace(/^@/, '') : name
  }
  return undefined
}
