import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { mergeProduct } from '../../core/products/product-state.ts'
import type { ProductState } from '../../core/products/product.ts'
import type { AcceptResult } from '../../ingest/accept.ts'
import type { ImportSummary } from '../../ingest/import/import-counts.ts'
import { importFile } from '../../ingest/import/import-file.ts'
import type { ImportOptions } from '../../ingest/import/import-run.ts'
import type { RejectedRow } from '../../ingest/import/row.ts'

/** A folder for files, and a store that keeps events by source and messageId as the real one does. */
export interface ImportWorld extends AsyncDisposable {
  folder: string
  /** By `source messageId`. */
  events: Map<string, JsonObject>
  products: Map<string, ProductState>
  progress: Map<string, JsonObject>
  accepted: number
  write(name: string, content: string | Buffer): Promise<string>
  run(options: Pick<ImportOptions, 'path'> & Partial<ImportOptions>): Promise<ImportSummary>
  rejected(): Promise<RejectedRow[]>
  /** What is left of temporary files. */
  temporary(): Promise<string[]>
}

export async function createImportWorld(): Promise<ImportWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'monogram-import-'))
  const workDir = join(folder, 'imports')
  const rejectedPath = join(folder, 'rejected.ndjson')
  const world: ImportWorld = {
    folder,
    events: new Map(),
    products: new Map(),
    progress: new Map(),
    accepted: 0,
    async write(name, content) {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    },
    run: (options) =>
      importFile({
        mapping: null,
        accept: (raws, { source }) => {
          world.accepted += raws.length
          return Promise.resolve(raws.map((raw) => store(world.events, source, raw)))
        },
        products: {
          upsert(patches) {
            for (const { id, state } of patches) {
              world.products.set(id, mergeProduct(world.products.get(id) ?? {}, state))
            }
            return Promise.resolve()
          },
        },
        progressStore: {
          get: (id) => Promise.resolve(world.progress.get(id) ?? null),
          put: (id, document) => Promise.resolve(void world.progress.set(id, structuredClone(document))),
        },
        workDir,
        rejectedPath,
        clock: () => 0,
        ...options,
      }),
    async rejected() {
      const lines = (await readFile(rejectedPath, 'utf8')).trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line) as RejectedRow)
    },
    temporary: () => readdir(workDir).catch(() => []),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
  return world
}

function store(events: Map<string, JsonObject>, source: string, raw: unknown): AcceptResult {
  if (!isJsonObject(raw) || typeof raw['messageId'] !== 'string' || typeof raw['userId'] !== 'string') {
    return { outcome: 'rejected', code: 'EVENT_NO_IDENTITY', reason: 'nobody is named' }
  }
  const messageId = raw['messageId']
  const key = `${source} ${messageId}`
  const present = events.get(key)
  if (!present) events.set(key, raw)
  const same = JSON.stringify(present) === JSON.stringify(raw)
  return { outcome: present ? (same ? 'duplicate' : 'conflict') : 'stored', key, messageId }
}
