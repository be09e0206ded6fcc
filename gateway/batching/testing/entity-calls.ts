import type { ExecutionResult } from 'graphql'
import type { Principal } from '../../../core/access/principal.ts'
import type { SubgraphClient, SubgraphRequest } from '../../subgraph-client.ts'
import type { EntityCall, Representation } from '../fetch-entities.ts'

/** A subgraph that keeps what it was asked, and answers with what `answer` makes of it. */
export interface FakeSubgraph extends SubgraphClient {
  requests: SubgraphRequest[]
}

export function fakeSubgraph(
  answer: (request: SubgraphRequest) => ExecutionResult | Promise<ExecutionResult>,
): FakeSubgraph {
  const requests: SubgraphRequest[] = []
  return {
    requests,
    async execute(request) {
      requests.push(request)
      return answer(request)
    },
    subscribe: () => Promise.reject(new Error('no subscriptions here')),
  }
}

/** Each representation as the entity that it is. */
export function echo({ variables }: SubgraphRequest): ExecutionResult {
  return { data: { _entities: idsOf(variables).map((id) => ({ id })) } }
}

export function idsOf(variables: SubgraphRequest['variables']): string[] {
  return ((variables?.['representations'] ?? []) as { id: string }[]).map(({ id }) => id)
}

export function representation(id: string): Representation {
  const value = { __typename: 'Product', id }
  return { json: JSON.stringify(value), value }
}

export const SHOP: Principal = { kind: 'api-key', id: 'k1', name: 'Shop', scopes: ['read'] }
export const OTHER: Principal = { kind: 'api-key', id: 'k2', name: 'Other', scopes: ['read'] }
export const ADMIN: Principal = { kind: 'api-key', id: 'k3', name: 'Admin', scopes: ['read', 'admin'] }

export function entityCall(
  subgraph: SubgraphClient,
  ids: string[],
  more: Partial<EntityCall> = {},
): EntityCall {
  return {
    subgraph,
    subgraphName: 'shop',
    document: 'query($representations:[_Any!]!){_entities(representations:$representations){id}}',
    operationName: undefined,
    parts: [
      {
        responseName: '_entities',
        variable: 'representations',
        representations: ids.map(representation),
      },
    ],
    variables: {},
    context: { requestId: 'r', principal: SHOP },
    deadlineAt: performance.now() + 10_000,
    ...more,
  }
}
