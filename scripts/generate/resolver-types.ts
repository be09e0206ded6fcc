import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as resolvers from '@graphql-codegen/typescript-resolvers'
import { parse } from 'graphql'
import type { SubgraphSource } from './compose-supergraph.ts'

/** Which shape stands behind a type of a subgraph, where it is not the shape of the type itself. */
const mappers: Record<string, Record<string, string>> = {
  profiles: {
    Profile: '../models.ts#ProfileModel',
    Identity: '../models.ts#IdentityModel',
    IdentityLink: '../models.ts#IdentityLinkModel',
    ProfileVersion: '../models.ts#ProfileVersionModel',
    ProfileConnection: '../models.ts#ProfilePage',
    Metrics: '../models.ts#MetricsModel',
  },
  events: {
    Profile: '../models.ts#EntityReference',
    Order: '../models.ts#EntityReference',
    Product: '../models.ts#EntityReference',
    Event: '../models.ts#EventModel',
    EventConflict: '../models.ts#EventConflictModel',
    EventConnection: '../models.ts#EventPage',
  },
  products: {
    Product: '../models.ts#ProductModel',
  },
  recommendations: {
    Profile: '../models.ts#EntityReference',
    Product: '../models.ts#EntityReference',
  },
}

/** Custom scalars as resolvers handle them: times are epoch milliseconds. They are never taken as input. */
const scalars = {
  DateTime: { input: 'never', output: 'number' },
  JSON: { input: 'never', output: '../../core/json.ts#JsonValue' },
  SafeInt: { input: 'never', output: 'number' },
}

/** TypeScript: the SDL as a constant and the types that its resolvers must have. */
export async function resolverTypes({ name, sdl }: SubgraphSource): Promise<string> {
  const types = await codegen({
    filename: `${name}.ts`,
    schema: parse(sdl),
    documents: [],
    pluginMap: { typescript, resolvers },
    plugins: [{ typescript: {} }, { resolvers: {} }],
    config: {
      federation: true,
      mappers: mappers[name] ?? {},
      scalars,
      defaultScalarType: 'string',
      enumsAsTypes: true,
      skipTypename: true,
      useTypeImports: true,
      importExtension: '',
      maybeValue: 'T | null',
      inputMaybeValue: 'T | null | undefined',
      avoidOptionals: { field: true },
    },
  })
  return [
    '// Made from schema/subgraphs by `npm run generate`; do not edit.',
    types,
    `export const typeDefs = /* GraphQL */ ${templateLiteral(sdl)}`,
  ].join('\n')
}

function templateLiteral(text: string): string {
  return `\`${text.replace(/[\\`]|\$\{/g, '\\$&')}\``
}
