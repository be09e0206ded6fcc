import { Kind, parse } from 'graphql'
import { MonogramError } from '../core/errors.ts'
import type { SubgraphClient } from './subgraph-client.ts'

/**
 * Finds clients by the names that plans use, which are those of the supergraph's `join__graph`. Clients may be given
 * under that name, under the name of its enum value (`ORDER_BOOK` for "order-book"), or in another case. Throws
 * CONFIG_INVALID that names every subgraph without a client.
 */
export function createFindSubgraph(
  supergraphSdl: string,
  subgraphs: Readonly<Record<string, SubgraphClient>>,
): (name: string) => SubgraphClient {
  const clients = new Map(Object.entries(subgraphs).map(([name, client]) => [normal(name), client]))
  const found = new Map<string, SubgraphClient>()
  const missing: string[] = []
  for (const { enumValue, name } of graphsOf(supergraphSdl)) {
    const client = subgraphs[name] ?? clients.get(normal(name)) ?? clients.get(normal(enumValue))
    if (client) found.set(name, client)
    else missing.push(name)
  }
  if (missing.length > 0) {
    throw new MonogramError(
      'CONFIG_INVALID',
      `the supergraph has subgraphs that nothing serves: ${missing.join(', ')}; served are ${Object.keys(subgraphs).join(', ')}`,
    )
  }
  return (name) => {
    const client = found.get(name)
    if (!client) throw new Error(`a plan names the subgraph "${name}", which the supergraph does not have`)
    return client
  }
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
}

function graphsOf(supergraphSdl: string): { enumValue: string; name: string }[] {
  return parse(supergraphSdl, { noLocation: true }).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') return []
    return (definition.values ?? []).map((value) => {
      const directive = value.directives?.find((candidate) => candidate.name.value === 'join__graph')
      const name = directive?.arguments?.find((argument) => argument.name.value === 'name')?.value
      const enumValue = value.name.value
      return { enumValue, name: name?.kind === Kind.STRING ? name.value : enumValue }
    })
  })
}
