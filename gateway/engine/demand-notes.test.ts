import { GraphQLError, type ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import type { RequestContext } from '../../core/access/request-context.ts'
import { createGateway } from '../create-gateway.ts'
import type { SubgraphClient } from '../subgraph-client.ts'
import { createShopGraph } from '../../tests/support/shop-graph.ts'

const HELD = { after: 'p_1:7', id: 'p_1', version: 3 }
const context: RequestContext = {
  requestId: 'r',
  principal: { kind: 'api-key', id: 'k', name: 'k', scopes: ['read'] },
  after: [{ kind: 'version', id: 'p_1', version: 7 }],
}

/** The people subgraph says this beside its answers, or in their place. */
function setUp(said: (result: ExecutionResult) => ExecutionResult) {
  const { people, orders, catalog, supergraphSdl } = createShopGraph()
  const speaking: SubgraphClient = {
    execute: async (request) => said(await people.execute(request)),
    subscribe: (request) => people.subscribe(request),
  }
  return createGateway({ supergraphSdl, subgraphs: { people: speaking, 'order-book': orders, catalog } })
}

const document = '{ person(id: "1") { name lastProduct { title } } }'

test('what a subgraph did not reach in time stands beside the answer, as objects and as text', async () => {
  await using gateway = setUp((result) => ({ ...result, extensions: { held: [HELD, 'odd'] } }))
  const stale = { stale: true, held: [HELD] }
  const { data, errors, extensions } = await gateway.execute({ document, context })
  expect({ data, errors, extensions }).toMatchObject({
    data: { person: { name: 'Ann' } },
    errors: undefined,
    extensions: stale,
  })
  expect(await gateway.executeToJson({ document, context })).toMatchObject({ kind: 'answered', ...stale })
})

test('nothing is said when all is reached, nor to whom demands nothing', async () => {
  await using gateway = setUp((result) => ({ ...result, extensions: { held: [] } }))
  expect(await gateway.execute({ document, context })).not.toHaveProperty('extensions')
  const { after: _, ...rest } = context
  await using silent = setUp((result) => result)
  expect(await silent.execute({ document, context: rest })).not.toHaveProperty('extensions')
})

test('where no subgraph says that it looked, nothing is vouched for', async () => {
  await using gateway = setUp((result) => result)
  expect(await gateway.execute({ document, context })).toMatchObject({
    extensions: { stale: true, held: [] },
  })
})

test('a receipt of no event refuses the whole request', async () => {
  const unknown = new GraphQLError('no such event', { extensions: { code: 'RECEIPT_UNKNOWN' } })
  await using gateway = setUp(() => ({ errors: [unknown] }))
  expect(await gateway.execute({ document, context })).toEqual({ errors: [unknown] })
  expect(await gateway.executeToJson({ document, context })).toEqual({ kind: 'refused', errors: [unknown] })
  const entities = '{ product(sku: "p1") { owner { name } } }'
  expect(await gateway.execute({ document: entities, context })).toMatchObject({
    errors: [{ message: 'no such event' }],
  })
})

test('what is said beside entities counts as well', async () => {
  await using gateway = setUp((result) => ({ ...result, extensions: { held: [HELD] } }))
  const entities = '{ product(sku: "p1") { owner { name } } }'
  expect(await gateway.execute({ document: entities, context })).toMatchObject({
    extensions: { stale: true, held: [HELD] },
  })
})
