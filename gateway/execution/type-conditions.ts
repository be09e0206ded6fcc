import { buildASTSchema, isAbstractType, parse } from 'graphql'

/** Whether an object of the concrete type `typename` satisfies `... on condition`. */
export type TypeConditions = (typename: string, condition: string) => boolean

/** From the supergraph itself, not the API schema: plans pass through types that clients may not see. */
export function typeConditionsOf(supergraphSdl: string): TypeConditions {
  const schema = buildASTSchema(parse(supergraphSdl, { noLocation: true }), {
    assumeValid: true,
    assumeValidSDL: true,
  })
  const possible = new Map<string, ReadonlySet<string>>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      possible.set(type.name, new Set(schema.getPossibleTypes(type).map((member) => member.name)))
    }
  }
  return (typename, condition) => typename === condition || possible.get(condition)?.has(typename) === true
}
