import { composeServices, compositionHasErrors } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { SUBGRAPHS, subgraphSdl, type SubgraphName } from '../gateway/subgraphs/create-subgraphs.ts'

const DIRECTIVES = `
  extend schema
    @link(url: "https://monogram.dev/cache/v1.0", import: ["@cacheControl", "@fenced", "@entityLookup"])
    @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@composeDirective"])
    @composeDirective(name: "@cacheControl") @composeDirective(name: "@fenced") @composeDirective(name: "@entityLookup")
  directive @cacheControl(maxAge: Int!) on OBJECT | FIELD_DEFINITION
  directive @fenced(version: String!, expiresAt: String) on OBJECT
  directive @entityLookup(by: String!, key: String) on FIELD_DEFINITION
`

/** What is said of the fields of the gateway bench's graph, by what they begin with. */
const SAID: Readonly<Record<SubgraphName, readonly (readonly [string, string])[]>> = {
  profiles: [
    ['profile(id: ID!): Profile', '@entityLookup(by: "id")'],
    ['profiles(ids: [ID!]!): [Profile]!', '@entityLookup(by: "ids")'],
    ['type Profile @key(fields: "id")', '@fenced(version: "version") @cacheControl(maxAge: 3600)'],
  ],
  events: [['events(first: Int!): [Event!]', '@cacheControl(maxAge: 3600)']],
  products: [
    ['product(id: ID!): Product', '@entityLookup(by: "id")'],
    ['type Product @key(fields: "id")', '@cacheControl(maxAge: 3600)'],
  ],
  recommendations: [['recommendations(first: Int!): [Recommendation!]', '@cacheControl(maxAge: 3600)']],
}

/** The supergraph of the gateway bench, of which everything may be kept: profiles until they change, the rest for an hour. */
export function composeCachedSupergraph(addresses: Readonly<Record<string, string>>): string {
  const result = composeServices(
    SUBGRAPHS.map((name) => ({ name, url: addresses[name] ?? '', typeDefs: parse(cachedSdl(name)) })),
  )
  if (compositionHasErrors(result)) throw new Error(result.errors.map(({ message }) => message).join('\n'))
  return result.supergraphSdl
}

function cachedSdl(name: SubgraphName): string {
  const sdl = subgraphSdl(name).replace('import: ["@key"]', 'import: ["@key", "@composeDirective"]')
  const said = SAID[name].reduce((text, [field, directives]) => {
    if (!text.includes(field)) throw new Error(`the bench's ${name} has no "${field}"`)
    return text.replace(field, `${field} ${directives}`)
  }, sdl)
  return said + DIRECTIVES.replace(/ *@link\(url: "https:\/\/specs.*\n/, '')
}
