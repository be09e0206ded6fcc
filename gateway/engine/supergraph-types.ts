import { buildASTSchema, isAbstractType, isObjectType, parse } from 'graphql'

/** What plans need to know of types, those among them that clients may not see. */
export interface SupergraphTypes {
  /** Whether an object whose type is said to be `typename` satisfies `... on condition`. */
  satisfies(typename: string, condition: string): boolean
  /** Whether this is the name of an object type. A subgraph with an interface object gives the interface's name. */
  isConcrete(typename: string): boolean
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
  }
}
