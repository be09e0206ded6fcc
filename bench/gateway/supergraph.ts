import { composeServices, compositionHasErrors } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { SUBGRAPHS, subgraphSdl } from './subgraphs/create-subgraphs.ts'

/** The supergraph of the bench's subgraphs at these addresses. */
export function composeBenchSupergraph(addresses: Readonly<Record<string, string>>): string {
  const result = composeServices(
    SUBGRAPHS.map((name) => ({ name, url: addresses[name] ?? '', typeDefs: parse(subgraphSdl(name)) })),
  )
  if (compositionHasErrors(result)) throw new Error(result.errors.map(({ message }) => message).join('\n'))
  return result.supergraphSdl
}
