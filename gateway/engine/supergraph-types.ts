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
import { directiveNames } from '../directive-names.ts'

/** What plans need to know of types, those among them that clients may not see. */
export interface SupergraphTypes {
  /** Whether an object whose type is said to be `typename` satisfies `... on condition`. */
  satisfies(typename: string, condition: string): boolean
  /** Whether this is the name of an object type. A subgraph with an interface object gives the interface's name. */
  isConcrete(typename: string): boolean
  /**
   * Whether an operation for a subgraph selects something that may differ between principals: a field or type with
   * `@cacheControl(scope: PRIVATE)`, `@authenticated` or `@requiresScopes`, under whatever names they are linked.
   */
  isPrivate(operation: DocumentNode): boolean
}

export function supergraphTypesOf(supergraphSdl: string): SupergraphTypes {
  const supergraph = parse(supergraphSdl, { noLocation: true })
  const schema = buildASTSchema(supergraph, { assumeValid: true, assumeValidSDL: true })
  const makesPrivate = privacyIn(supergraph)
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

function privacyIn(supergraph: DocumentNode): (directive: ConstDirectiveNode) => boolean {
  const access = new Set([
    ...directiveNames(supergraph, 'authenticated'),
    ...directiveNames(supergraph, 'requiresScopes'),
  ])
  const cacheControl = directiveNames(supergraph, 'cacheControl')
  return ({ name, arguments: given = [] }) => {
    if (access.has(name.value)) return true
    if (!cacheControl.has(name.value)) return false
    return given.some(({ value }) => value.kind === Kind.ENUM && value.value === 'PRIVATE')
  }
}
