import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createGateway } from '../gateway/create-gateway.ts'
import { loadDocuments } from '../gateway/documents/load-documents.ts'
import { fallbackDirectives } from '../gateway/fallback/fallback-directives.ts'
import type { SubgraphClient } from '../gateway/subgraph-client.ts'
import { projectRoot } from '../platform/project-root.ts'
import { SUBGRAPHS } from '../platform/roles.ts'
import { rehearseGraph } from './rehearse-graph.ts'

test('subgraphs of this process are asked, for nobody; those of others are not', async () => {
  const root = projectRoot(import.meta.url)
  const supergraphSdl = await readFile(join(root, 'schema', 'supergraph.graphql'), 'utf8')
  const documentsPath = join(root, 'documents')
  const byField = fallbackDirectives(supergraphSdl)
  const asked: unknown[] = []
  const subgraph: SubgraphClient = {
    execute: async ({ variables }) => {
      asked.push(variables)
      return { data: { profile: null } }
    },
    subscribe: async () => ({ data: null }),
  }
  await using gateway = createGateway({
    supergraphSdl,
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, subgraph])),
  })
  const documents = await loadDocuments({ path: documentsPath, gateway, byField })
  const graph = { supergraphSdl, documentsPath, byField, gateway, documents }
  await rehearseGraph({ ...graph, isLocal: false })
  expect(asked).toEqual([])
  await rehearseGraph({ ...graph, isLocal: true })
  expect(asked.length).toBeGreaterThanOrEqual(documents.names.length)
  expect(JSON.stringify(asked[0])).toContain('rehearsal-')
})
