import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { CompiledMjml } from './compile-mjml.ts'

/** Compiles one template's MJML; TEMPLATE_INVALID naming `file` and line. */
export type CompileTemplate = (source: string, file: string) => Promise<CompiledMjml>

/** Raised when the same MJML compiles to something else because of this project's own code. */
const COMPILER = 1

/** MJML is most of what a start would load, and needed only for what was not compiled before: so it is loaded then. */
export const compileTemplate: CompileTemplate = async (source, file) => {
  const { compileMjml } = await import('./compile-mjml.ts')
  return compileMjml(source, file)
}

/**
 * Remembers in a folder what was compiled, by the content of the source and the versions of what compiles. It holds
 * nothing that cannot be made again: what cannot be read there is compiled, what cannot be written is compiled anew the
 * next time.
 */
export function createCompiledCache(folder: string): {
  compile: CompileTemplate
  dropUnused(): Promise<void>
} {
  const used = new Set<string>()
  return {
    async compile(source, file) {
      const name = `${nameOf(source)}.json`
      used.add(name)
      const path = join(folder, name)
      const known = await readCompiled(path)
      if (known) return known
      const compiled = await compileTemplate(source, file)
      await writeCompiled(folder, path, compiled)
      return compiled
    },

    async dropUnused() {
      const names = await readdir(folder).catch(() => [])
      await Promise.all(
        names
          .filter((name) => !used.has(name))
          .map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)),
      )
    },
  }
}

function nameOf(source: string): string {
  const { version } = createRequire(import.meta.url)('mjml/package.json') as { version: string }
  return createHash('sha256').update(`${COMPILER}\n${version}\n${source}`).digest('hex')
}

async function readCompiled(path: string): Promise<CompiledMjml | null> {
  try {
    const { html, text } = JSON.parse(await readFile(path, 'utf8')) as Partial<CompiledMjml>
    return typeof html === 'string' && typeof text === 'string' ? { html, text } : null
  } catch {
    return null
  }
}

/** Under another name first, so that nobody reads half of one. */
async function writeCompiled(folder: string, path: string, compiled: CompiledMjml): Promise<void> {
  const unfinished = `${path}.${process.pid}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(unfinished, JSON.stringify(compiled))
    await rename(unfinished, path)
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined)
  }
}
