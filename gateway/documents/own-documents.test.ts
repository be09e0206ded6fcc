import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../platform/project-root.ts'
import { createGateway } from '../create-gateway.ts'
import { checkFallbackDirectives, fallbackDirectives } from '../fallback/fallback-directives.ts'
import type { SubgraphClient } from '../subgraph-client.ts'
import { loadDocuments } from './load-documents.ts'

test('the documents that come with the program fit its graph, and have an answer when nothing else has', async () => {
  const root = projectRoot(import.meta.url)
  const supergraphSdl = await readFile(join(root, 'schema', 'supergraph.graphql'), 'utf8')
  const nobody: SubgraphClient = {
    execute: () => Promise.reject(new Error('is not asked')),
    subscribe: () => Promise.reject(new Error('is not asked')),
  }
  const subgraphs = { profiles: nobody, events: nobody, products: nobody, recommendations: nobody }
  const byField = fallbackDirectives(supergraphSdl)
  await using gateway = createGateway({ supergraphSdl, subgraphs, fallbacks: byField })
  checkFallbackDirectives(byField, gateway.schema)
  expect(byField.get('Profile.recommendations')).toEqual([])
  const documents = await loadDocuments({ path: join(root, 'documents'), gateway, byField })
  expect(documents.names).toEqual(['order-follow-up'])
  expect(documents.find('order-follow-up')).toMatchObject({
    deadlineMs: 150,
    fallbacks: { rootNames: ['profile'] },
  })
})
