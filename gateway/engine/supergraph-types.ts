import {
  buildASTSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ConstDirectiveNode,
  type DocumentNode,
} from 'graphql'

/** What plans need to know of types, those among them that clients may not see. */
export interface SupergraphTypes {
  /** Whether an object whose type is said to be `typename` satisfies `... on condition`. */
  satisfies(typename: string, condition: string): boolean
  /** Whether this is the name of an object type. A subgraph with an interface object gives the interface's name. */
  isConcrete(typename: string): boolean
  /**
   * Whether an operation for a subgraph selects something that may differ between principals: a field or type with
   * `@cacheControl(scope: PRIVATE)`, `@authenticated` or `@requiresScopes`.
   */
  isPrivate(operation: DocumentNode): boolean
}

export function supergraphTypesOf(supergraphSdl: string): SupergraphTypes {
  const schema = buildASTSchema(parse(supergraphSdl, { noLocation: true }), {
    assumeValid: true,
    assumeValidSDL: true,
  })
  const possible = new Map<string, ReadonlySet<string>>()
  const concrete = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type)) concrete.add(type.name)
    if (isAbstractType(type)) {
      possible.set(type.name, new Set(schema.getPossibleTypes(type).map((member) => member.name)))
    }
  }
  return {
    satisfies: (typename, condition) =>
      typename === condition || possible.get(condition)?.has(typename) === true,
    isConcrete: (typename) => concrete.has(typename),
    isPrivate(operation) {
      const typeInfo = new TypeInfo(schema)
      let found = false
      visit(
        operation,
        visitWithTypeInfo(typeInfo, {
          Field() {
            const nodes = [
              typeInfo.getFieldDef()?.astNode,
              typeInfo.getParentType()?.astNode,
              getNamedType(typeInfo.getType())?.astNode,
            ]
            found ||= nodes.some((node) => node?.directives?.some(makesPrivate))
          },
        }),
      )
      return found
    },
  }
}

function makesPrivate({ name, arguments: given = [] }: ConstDirectiveNode): boolean {
  if (name.value === 'authenticated' || name.value === 'requiresScopes') return true
  if (name.value !== 'cacheControl') return false
  return given.some(({ value }) => value.kind === Kind.ENUM && value.value === 'PRIVATE')
}
