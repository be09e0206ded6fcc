import { expect, test } from 'vitest'
import { createGateway } from '../../gateway/create-gateway.ts'
import { createSubgraphs, SUBGRAPHS } from './subgraphs/create-subgraphs.ts'
import { composeBenchSupergraph } from './supergraph.ts'
import { BATCH, expectedData, SINGLE, variablesFor } from './work.ts'

const addresses = Object.fromEntries(SUBGRAPHS.map((name) => [name, `http://${name}.test/graphql`]))
const subgraphs = Object.fromEntries(createSubgraphs().map((subgraph) => [subgraph.name, subgraph]))
const gateway = createGateway({ supergraphSdl: composeBenchSupergraph(addresses), subgraphs })
const context = {
  requestId: 'test',
  principal: { kind: 'api-key', id: 'test', name: 'test', scopes: ['read'] },
} as const

test.each([
  [SINGLE, [4711]],
  [BATCH, Array.from({ length: 100 }, (_, i) => i * 100)],
])('the graph gives the answer that is expected of everyone (%#)', async (work, numbers) => {
  const variables = variablesFor(work, numbers)
  const { data, errors } = await gateway.execute({ document: work.document, variables, context })
  expect(errors).toBeUndefined()
  expect(JSON.parse(JSON.stringify(data))).toEqual(expectedData(work, numbers))
})

test('an answer for one recipient has about 1.5 KB', () => {
  const bytes = JSON.stringify({ data: expectedData(SINGLE, [4711]) }).length
  expect(bytes).toBeGreaterThan(1_300)
  expect(bytes).toBeLessThan(1_600)
})
