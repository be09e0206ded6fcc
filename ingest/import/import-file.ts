import { setTimeout as delay } from 'node:timers/promises'
import { MonogramError } from '../../core/errors.ts'
import { BUCKET_BYTES } from './buckets.ts'
import { createEventSender } from './event-sender.ts'
import { fingerprintFile } from './fingerprint.ts'
import { importCsv } from './import-csv.ts'
import type { ImportProgress, ImportSummary } from './import-counts.ts'
import { importNdjson } from './import-ndjson.ts'
import { readProgress } from './import-progress.ts'
import type { ImportOptions, ImportRun, ImportTally } from './import-run.ts'
import { parseMapping } from './mapping.ts'
import { openInput } from './open-input.ts'
import { createProductCollector } from './product-collector.ts'
import { createRejectedRows } from './rejected-rows.ts'

/**
 * Imports a file of events (NDJSON) or, with a mapping, of rows (CSV), plain or gzip, in constant memory. An event that
 * was imported before is a duplicate and has no second effect, so importing a file again changes nothing; a run that
 * follows an interrupted one goes on where that one ended.
 *
 * IMPORT_FILE_UNREADABLE, IMPORT_MAPPING_INVALID, IMPORT_COLUMN_MISSING, IMPORT_INTERRUPTED, STORAGE_UNAVAILABLE.
 */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const { path, clock, signal } = options
  const startedAt = clock()
  const mapping = options.mapping === null ? null : parseMapping(options.mapping)
  const source = `import:${options.source ?? mapping?.source ?? 'file'}`
  try {
    report(options, startedAt, { phase: 'checking', done: 0, total: 0, unit: 'bytes', rows: 0 })
    const fingerprint = await fingerprintFile(path, signal)
    const identity = { fingerprint, mapping: options.mapping, source }
    const saved = await readProgress(options.progressStore, identity)
    const { checkpoint: start, resumed } = saved
    const tally: ImportTally = { rows: 0, skipped: 0, line: 0, events: { ...start.events } }

    await using input = await openInput(path)
    await using rejected = createRejectedRows({
      path: options.rejectedPath ?? null,
      append: resumed,
      countBefore: start.rejectedRows,
    })
    const products = createProductCollector({ source, products: options.products })
    const wait = (ms: number): Promise<void> => delay(ms, undefined, signal ? { signal } : {})
    await using sender = createEventSender({
      accept: options.accept,
      source,
      counts: tally.events,
      rejected,
      wait,
    })
    let last = start
    const run: ImportRun = {
      path,
      workDir: options.workDir,
      bucketBytes: options.bucketBytes ?? BUCKET_BYTES,
      input,
      sender,
      products,
      rejected,
      tally,
      start,
      resumed,
      save(done) {
        last = { ...done, events: tally.events, rejectedRows: rejected.count }
        return saved.save(last)
      },
      progress(phase, done, total, unit) {
        signal?.throwIfAborted()
        report(options, startedAt, { phase, done, total, unit, rows: tally.rows })
      },
    }
    if (mapping) await importCsv(run, mapping)
    else await importNdjson(run)
    await rejected.flush()
    await saved.finish(last)
    return summary({ run, source, seconds: (clock() - startedAt) / 1_000 })
  } catch (error) {
    if (!signal?.aborted) throw error
    throw new MonogramError(
      'IMPORT_INTERRUPTED',
      `the import of ${path} was stopped; start it again to go on`,
      {
        cause: error,
      },
    )
  }
}

function report(
  { clock, onProgress }: ImportOptions,
  startedAt: number,
  progress: Omit<ImportProgress, 'seconds'>,
): void {
  onProgress?.({ ...progress, seconds: (clock() - startedAt) / 1_000 })
}

function summary(end: { run: ImportRun; source: string; seconds: number }): ImportSummary {
  const { run, source, seconds } = end
  return {
    source,
    rows: run.tally.rows,
    events: { ...run.tally.events },
    products: run.products.count,
    skipped: run.tally.skipped,
    rejectedRows: run.rejected.count,
    rejectedFile: run.rejected.file,
    resumed: run.resumed,
    seconds,
    rowsPerSecond: seconds > 0 ? Math.round(run.tally.rows / seconds) : run.tally.rows,
  }
}
