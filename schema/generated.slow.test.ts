import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { projectRoot } from '../platform/project-root.ts'
import { generatedFiles, staleFiles } from '../scripts/generate/generated-files.ts'

const root = projectRoot(import.meta.url)
const subgraphs = readdirSync(`${root}/schema/subgraphs`)

test('composes, and everything that is generated from it is fresh', async () => {
  const files = await generatedFiles(root)
  expect([...files.keys()].sort()).toEqual([
    'schema/api.graphql',
    ...subgraphs.map((file) => `schema/generated/${file.replace('.graphql', '.ts')}`).sort(),
    'schema/supergraph.graphql',
  ])
  expect(await staleFiles(root, files)).toEqual([])
  expect(await staleFiles(root, new Map([['schema/api.graphql', 'type Query']]))).toEqual([
    'schema/api.graphql',
  ])
})
