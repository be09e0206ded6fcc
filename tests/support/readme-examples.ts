import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../platform/project-root.ts'

/** An example as it stands in a page: the block of that language after `<!-- example: name -->`. */
export function exampleOf(page: string, name: string, language: string): string {
  const text = readFileSync(join(projectRoot(import.meta.url), page), 'utf8')
  const pattern = new RegExp(`<!-- example: ${name} -->\\s+\`\`\`${language}\\n([\\s\\S]*?)\`\`\``)
  const block = pattern.exec(text)?.[1]
  if (block === undefined) throw new Error(`${page} has no example named ${name} in ${language}`)
  return block
}
