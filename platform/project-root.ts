import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of the package that a module belongs to: the nearest one above it whose package.json is Monogram's.
 * The same answer for a source file and for its compiled copy below `dist`.
 *
 * @param moduleUrl `import.meta.url`
 */
export function projectRoot(moduleUrl: string): string {
  for (let folder = dirname(fileURLToPath(moduleUrl)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && readManifest(manifest).name === 'monogram') return folder
    if (folder === dirname(folder)) throw new Error(`no package.json of monogram above ${moduleUrl}`)
  }
}

export function projectVersion(root: string): string {
  return readManifest(join(root, 'package.json')).version ?? 'unknown'
}

function readManifest(path: string): { name?: string; version?: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string }
}
