import { bucketCount, openBuckets, type Buckets } from './buckets.ts'
import { addGroup, refuse, shapeMistake, tryRows, type CsvImport } from './csv-row.ts'
import { newImportFolder } from './import-folder.ts'
import type { ImportRun } from './import-run.ts'
import { RowMistake, type Row } from './row.ts'
import { unreadable } from './unreadable.ts'

/**
 * Imports a file whose events are spread over rows that may stand anywhere in it. First all rows are put aside by the
 * key of their group, and the products written; then, bucket by bucket, groups become events. A bucket whose events
 * are all durable is not done again by a run that follows an interruption.
 */
export async function importGroupedCsv(
  run: ImportRun,
  csv: CsvImport,
  batches: AsyncIterable<Row[]>,
): Promise<void> {
  const finished = new Set(run.start.finishedBuckets)
  const folder = await newImportFolder(run.workDir)
  const count = bucketCount(run.input, run.bucketBytes)
  await using buckets = await openBuckets({ folder, count, skip: finished })
  await sortIntoBuckets(run, csv, batches, buckets)

  let done = 0
  for (let bucket = 0; bucket < count; bucket++) {
    if (finished.has(bucket)) continue
    for (const group of groupRows(await buckets.read(bucket), csv)) {
      if (addGroup(run, csv, group)) await run.sender.send()
      done += group.length
      run.progress('importing', done, buckets.rows, 'rows')
    }
    await run.sender.drain()
    finished.add(bucket)
    await run.save({ finishedBuckets: [...finished], finishedLines: 0 })
  }
}

/** Gives no event yet: a file that proves to be damaged has done no harm. Once it is through, products are durable. */
async function sortIntoBuckets(
  run: ImportRun,
  csv: CsvImport,
  batches: AsyncIterable<Row[]>,
  buckets: Buckets,
): Promise<void> {
  try {
    for await (const rows of batches) {
      let bucketsFull = false
      let productsFull = false
      for (const row of rows) {
        const wrong = shapeMistake(csv, row)
        if (wrong !== null) refuseOnce(row, wrong)
        else sort(row, csv.mapping.groupKey(row) ?? '')
      }
      run.tally.rows += rows.length
      run.tally.line = rows.at(-1)?.line ?? 0
      if (bucketsFull) await buckets.write()
      if (productsFull) await run.products.flush()
      await run.rejected.flush()
      run.progress('reading', run.input.bytesRead, run.input.totalBytes, 'bytes')

      function sort(row: Row, key: string): void {
        const hasEvent = csv.mapping.hasEvent(row)
        const news = tryRows(() => csv.mapping.toProduct(row))
        const mistake = 'mistake' in news ? news.mistake.message : null
        if ('value' in news && news.value) productsFull = run.products.add(news.value, key) || productsFull
        if (hasEvent)
          bucketsFull = buckets.add(key, mistake === null ? row : { ...row, mistake }) || bucketsFull
        else if (mistake !== null) refuseOnce(row, mistake)
        else run.tally.skipped++
      }
    }
  } catch (error) {
    throw unreadable(run.path, error, `reading came to line ${run.tally.line}, and no event was imported`)
  }
  await buckets.finish()
  await run.products.flush()

  /** An earlier run that came as far as importing has told of these rows already. */
  function refuseOnce(row: Row, mistake: string): void {
    if (!run.resumed) refuse(run, csv, [row], new RowMistake(row.line, mistake))
  }
}

function groupRows(rows: readonly Row[], { mapping }: CsvImport): Iterable<Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = mapping.groupKey(row) ?? ''
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups.values()
}
