import { Kind, parse, type DocumentNode } from 'graphql'
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
  for (const { enumValue, name } of graphsOf(parse(supergraphSdl, { noLocation: true }))) {
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

/** A subgraph as a supergraph names it. */
export interface GraphOfSupergraph {
  enumValue: string
  name: string
  /** Where the supergraph says that it is; empty when it does not. */
  url: string
}

export function graphsOf(supergraph: DocumentNode): GraphOfSupergraph[] {
  return supergraph.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') return []
    return (definition.values ?? []).map((value) => {
      const directive = value.directives?.find((candidate) => candidate.name.value === 'join__graph')
      const text = (argument: string): string | undefined => {
        const given = directive?.arguments?.find(({ name }) => name.value === argument)?.value
        return given?.kind === Kind.STRING ? given.value : undefined
      }
      const enumValue = value.name.value
      return { enumValue, name: text('name') ?? enumValue, url: text('url') ?? '' }
    })
  })
}
