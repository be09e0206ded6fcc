import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { subgraphOfSdl, type Resolvers, type TestSubgraph } from './subgraph-of-sdl.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../../gateway/create-gateway.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: [
  "@key", "@requires", "@external", "@provides", "@inaccessible", "@shareable", "@interfaceObject", "@override",
  "@authenticated", "@requiresScopes", "@composeDirective"])`

export interface SubgraphOfGraph {
  sdl: string
  /** The types that the gateway may ask for by their key. */
  entities?: readonly string[]
  resolvers: Resolvers
}

export interface ComposedGraph {
  gateway: Gateway
  supergraphSdl: string
  subgraphs: Record<string, TestSubgraph>
}

/** A graph of subgraphs in process, for one test. */
export function composeGraph(
  parts: Record<string, SubgraphOfGraph>,
  options: Partial<GatewayOptions> = {},
): ComposedGraph {
  const services = Object.entries(parts).map(([name, { sdl }]) => ({
    name,
    url: `http://${name}.internal`,
    typeDefs: parse(`${LINK} ${sdl}`),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'))
  const subgraphs = Object.fromEntries(
    Object.entries(parts).map(([name, { sdl, entities = [], resolvers }]) => [
      name,
      subgraphOfSdl(parse(`${LINK} ${withQuery(sdl)}`), entities, resolvers),
    ]),
  )
  return { gateway: createGateway({ supergraphSdl, subgraphs, ...options }), supergraphSdl, subgraphs }
}

/** A subgraph that only has entities gets its query type from them; the test's stand-in wants to extend one. */
function withQuery(sdl: string): string {
  return sdl.includes('type Query') ? sdl : `${sdl} type Query { nothing: Int }`
}
