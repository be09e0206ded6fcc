import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { composeSupergraph, type SubgraphSource } from './compose-supergraph.ts'
import { resolverTypes } from './resolver-types.ts'

/** In the order in which their fields appear in the schema that clients read. */
const SUBGRAPHS = ['profiles', 'events', 'products', 'recommendations']

/** The text of every generated file by its path below `root`, made from `schema/subgraphs/*.graphql`. */
export async function generatedFiles(root: string): Promise<Map<string, string>> {
  const subgraphs = await readSubgraphs(join(root, 'schema', 'subgraphs'))
  const { supergraph, api } = composeSupergraph(subgraphs)
  const files = new Map([
    ['schema/supergraph.graphql', supergraph],
    ['schema/api.graphql', api],
  ])
  for (const subgraph of subgraphs) {
    files.set(`schema/generated/${subgraph.name}.ts`, await resolverTypes(subgraph))
  }
  for (const [path, text] of files) {
    const filepath = join(root, path)
    files.set(path, await format(text, { ...(await resolveConfig(filepath)), filepath }))
  }
  return files
}

/** Paths of the generated files that are missing or differ from what would be generated now. */
export async function staleFiles(root: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const stale: string[] = []
  for (const [path, text] of files) {
    const present = await readFile(join(root, path), 'utf8').catch(() => null)
    if (present !== text) stale.push(path)
  }
  return stale
}

function readSubgraphs(folder: string): Promise<SubgraphSource[]> {
  return Promise.all(
    SUBGRAPHS.map(async (name) => ({ name, sdl: await readFile(join(folder, `${name}.graphql`), 'utf8') })),
  )
}
