import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectRoot } from '../platform/project-root.ts'
import { generatedFiles, staleFiles } from './generate/generated-files.ts'

/*
 * npm run generate             writes what schema/subgraphs/*.graphql brings about
 * npm run generate -- --check  writes nothing; fails when a file is not what it would be
 */
const root = projectRoot(import.meta.url)
const files = await generatedFiles(root)
const stale = await staleFiles(root, files)

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is stale: run "npm run generate" and commit it`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const path of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), files.get(path) ?? '')
    console.error(`wrote ${path}`)
  }
}
