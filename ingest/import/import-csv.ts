import { MonogramError } from '../../core/errors.ts'
import { compileMapping } from './compile-mapping.ts'
import { addGroup, refuse, shapeMistake, tryRows, type CsvImport } from './csv-row.ts'
import { importGroupedCsv } from './import-grouped-csv.ts'
import type { ImportRun } from './import-run.ts'
import { importStream, type RowHandler } from './import-stream.ts'
import type { Mapping } from './mapping.ts'
import { readCsv } from './read-csv.ts'
import { RowMistake, type Row } from './row.ts'
import { unreadable } from './unreadable.ts'

/** IMPORT_COLUMN_MISSING and IMPORT_FILE_UNREADABLE; what is wrong with single rows goes to the rejected rows. */
export async function importCsv(run: ImportRun, mapping: Mapping): Promise<void> {
  const { header, batches } = await readCsv(run.input.stream, mapping.delimiter).catch((error: unknown) => {
    throw unreadable(run.path, error)
  })
  if (header.length === 0) {
    throw new MonogramError('IMPORT_FILE_UNREADABLE', `${run.path}: it is empty; a header line was expected`)
  }
  const csv: CsvImport = { header, mapping: compileMapping(mapping, header) }
  if (csv.mapping.grouped) await importGroupedCsv(run, csv, batches)
  else await importStream(run, batches, rowHandler(run, csv))
}

/** Without grouping, every row is its own event. */
function rowHandler(run: ImportRun, csv: CsvImport): RowHandler<Row> {
  const { mapping } = csv
  return {
    skips: (row) => shapeMistake(csv, row) === null && !mapping.hasEvent(row),
    take(row, skipped) {
      const wrong = shapeMistake(csv, row)
      if (wrong !== null) return refuse(run, csv, [row], new RowMistake(row.line, wrong))
      const news = tryRows(() => mapping.toProduct(row))
      if ('mistake' in news) return refuse(run, csv, [row], news.mistake)
      const productsFull = news.value ? run.products.add(news.value, mapping.groupKey(row) ?? '') : false
      const batchFull = skipped ? false : addGroup(run, csv, [row])
      return productsFull || batchFull
    },
  }
}
