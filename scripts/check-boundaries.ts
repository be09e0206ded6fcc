import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import type { CheckResult } from './check.ts'

const SKIPPED = new Set(['node_modules', 'dist', 'monogram-data', 'peers'])

/** Holds the one-way imports; fails as well when fewer modules were looked at than the project has source files. */
export async function checkBoundaries(root: string): Promise<CheckResult> {
  const options = await extractConfig(join(root, '.dependency-cruiser.cjs'))
  const { output } = await cruise(['.'], options, undefined, {
    tsConfig: extractTsConfig(join(root, 'tsconfig.json')),
  })
  const { summary, modules } = output as ICruiseResult
  const lines = summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
  const sources = countSources(root)
  const seen = modules.filter(({ source }) => source.endsWith('.ts')).length
  if (seen < sources) lines.push(`only ${seen} of the project's ${sources} source files were looked at`)
  return { ok: lines.length === 0, output: lines.join('\n') }
}

function countSources(folder: string): number {
  let count = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.'))
        count += countSources(join(folder, entry.name))
    } else if (entry.name.endsWith('.ts')) count++
  }
  return count
}
