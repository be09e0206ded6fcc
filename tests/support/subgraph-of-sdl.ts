import {
  buildASTSchema,
  concatAST,
  execute,
  isObjectType,
  parse,
  subscribe,
  type DocumentNode,
} from 'graphql'
import type { SubgraphClient, SubgraphRequest } from '../../gateway/subgraph-client.ts'

/** Called as by graphql-js; the context is the request. `__resolveReference` is called with a representation. */
export type Resolver = (source: never, args: never, request: SubgraphRequest) => unknown
/** By type, then by field. */
export type Resolvers = Record<string, Record<string, Resolver>>

/** A subgraph in process, by graphql-js alone, which writes down what it was asked. */
export interface TestSubgraph extends SubgraphClient {
  readonly requests: SubgraphRequest[]
}

/** `entities` are the members of the union `_Entity`. */
export function subgraphOfSdl(
  sdl: DocumentNode,
  entities: readonly string[],
  resolvers: Resolvers,
): TestSubgraph {
  const machinery =
    entities.length > 0
      ? parse(`scalar _Any
        union _Entity = ${entities.join(' | ')}
        extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`)
      : parse('scalar _Any')
  const schema = buildASTSchema(concatAST([sdl, machinery]), { assumeValid: true, assumeValidSDL: true })
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) continue
    for (const [name, resolver] of Object.entries(fields)) {
      const field = type.getFields()[name]
      if (!field) continue
      if (type === schema.getSubscriptionType()) field.subscribe = resolver as never
      else field.resolve = resolver as never
    }
  }
  const entitiesField = schema.getQueryType()?.getFields()['_entities']
  if (entitiesField) {
    entitiesField.resolve = (
      _source,
      { representations }: { representations: { __typename: string }[] },
      request,
    ) =>
      representations.map(async (representation) => {
        const found = await resolvers[representation.__typename]?.['__resolveReference']?.(
          representation as never,
          {} as never,
          request,
        )
        return found
          ? Object.assign(Object.create(null), { __typename: representation.__typename }, found)
          : null
      })
  }
  const requests: SubgraphRequest[] = []

  return {
    requests,
    async execute(request) {
      requests.push(request)
      return execute(argumentsOf(request))
    },
    async subscribe(request) {
      requests.push(request)
      return subscribe(argumentsOf(request))
    },
  }

  function argumentsOf(request: SubgraphRequest) {
    return {
      schema,
      document: parse(request.document),
      operationName: request.operationName ?? null,
      variableValues: request.variables ?? null,
      contextValue: request,
      rootValue: {},
    }
  }
}
