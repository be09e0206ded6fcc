import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'

/** A trusted document as it stands on disk. */
export interface DocumentSource {
  /** What it may be asked for by, beside the hash of its text: the file's name without its end, or the key in a manifest. */
  name: string
  text: string
  options: DocumentOptions
  /** How it, and its options, are called in messages. */
  file: string
  optionsFile: string
}

export interface DocumentOptions {
  deadlineMs?: number | undefined
  /** By response path without the indices of lists: `profile.recommendations`. */
  fallbacks?: Record<string, unknown> | undefined
}

export interface ReadDocuments {
  sources: DocumentSource[]
  /** One for each thing that cannot be read, with its file. */
  mistakes: string[]
}

const options = z.strictObject({
  deadlineMs: z.number().positive().optional(),
  fallbacks: z.record(z.string(), z.unknown()).optional(),
})
const manifest = z.record(z.string(), z.union([z.string(), options.extend({ document: z.string() })]))
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * The `*.graphql` files of a folder, each with an optional `<name>.json` beside it; or of a manifest
 * `{ "<id>": "<text>" | { "document": "<text>", "deadlineMs", "fallbacks" } }`.
 */
export async function readDocuments(path: string): Promise<ReadDocuments> {
  const read: ReadDocuments = { sources: [], mistakes: [] }
  try {
    if ((await stat(path)).isDirectory()) await readFolder(path, read)
    else await readManifest(path, read)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    read.mistakes.push(`${path}: cannot be read (${String(error.code)})`)
  }
  for (const { name, file } of read.sources) {
    if (!NAME.test(name)) read.mistakes.push(`${file}: the name "${name}" must match ${String(NAME)}`)
  }
  return read
}

async function readFolder(folder: string, read: ReadDocuments): Promise<void> {
  const files = await readdir(folder)
  for (const file of files.filter((name) => name.endsWith('.graphql')).sort()) {
    const name = basename(file, '.graphql')
    const optionsFile = join(folder, `${name}.json`)
    const text = await readFile(join(folder, file), 'utf8')
    const given = files.includes(`${name}.json`)
      ? parseJson(await readFile(optionsFile, 'utf8'), optionsFile, options, read.mistakes)
      : {}
    read.sources.push({ name, text, options: given ?? {}, file: join(folder, file), optionsFile })
  }
  const orphans = files.filter(
    (name) => name.endsWith('.json') && !files.includes(`${basename(name, '.json')}.graphql`),
  )
  read.mistakes.push(
    ...orphans.map((name) => `${join(folder, name)}: there is no ${basename(name, '.json')}.graphql`),
  )
}

async function readManifest(path: string, read: ReadDocuments): Promise<void> {
  const entries = parseJson(await readFile(path, 'utf8'), path, manifest, read.mistakes) ?? {}
  for (const [name, entry] of Object.entries(entries)) {
    const file = `${path}: ${name}`
    const { document, ...rest } = typeof entry === 'string' ? { document: entry } : entry
    read.sources.push({ name, text: document, options: rest, file, optionsFile: file })
  }
}

function parseJson<T>(text: string, file: string, schema: z.ZodType<T>, mistakes: string[]): T | null {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    mistakes.push(`${file}: not JSON (${error instanceof Error ? error.message : String(error)})`)
    return null
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  mistakes.push(
    ...parsed.error.issues.map(
      ({ path, message }) => `${file}: ${path.join('.') || 'the whole'}: ${message}`,
    ),
  )
  return null
}
