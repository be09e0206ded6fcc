import type { CompiledMapping } from './compile-mapping.ts'
import type { ImportRun } from './import-run.ts'
import { RowMistake, type RejectedRow, type Row } from './row.ts'

/** A CSV file being imported: its columns and how its rows are understood. */
export interface CsvImport {
  header: readonly string[]
  mapping: CompiledMapping
}

/** Why a row cannot be used at all; null when it can. */
export function shapeMistake({ mapping }: CsvImport, row: Row): string | null {
  const { length } = row.fields
  if (length !== mapping.columns) return `expected ${mapping.columns} columns, got ${length}`
  if (mapping.groupKey(row) === null) return 'the column that rows are grouped by is empty'
  return null
}

/** What the function gives, or the reason why the rows do not allow it. */
export function tryRows<T>(make: () => T): { value: T } | { mistake: RowMistake } {
  try {
    return { value: make() }
  } catch (error) {
    if (error instanceof RowMistake) return { mistake: error }
    throw error
  }
}

/** Hands the event of these rows to the sender, or refuses them. True: a batch is full. */
export function addGroup(run: ImportRun, csv: CsvImport, rows: readonly Row[]): boolean {
  const spoilt = rows.find((row) => row.mistake !== undefined)
  if (spoilt) return refuse(run, csv, rows, new RowMistake(spoilt.line, spoilt.mistake ?? ''))
  const made = tryRows(() => csv.mapping.toEvent(rows))
  if ('mistake' in made) return refuse(run, csv, rows, made.mistake)
  return run.sender.add({
    raw: made.value,
    bytes: sizeOf(rows),
    rejectedRows: (code, reason) => rows.map((row) => rejectedRow(csv, row, code, reason)),
  })
}

/** Refuses a whole group for one row: an event without one of its rows would be wrong without showing it. */
export function refuse(run: ImportRun, csv: CsvImport, rows: readonly Row[], mistake: RowMistake): false {
  run.tally.events.rejected++
  run.rejected.add(
    rows.map((row) => {
      const own = row.line === mistake.line
      const reason = own ? mistake.message : `line ${mistake.line} of the same event: ${mistake.message}`
      return rejectedRow(csv, row, 'IMPORT_ROW_INVALID', reason)
    }),
  )
  return false
}

function rejectedRow(
  { header }: CsvImport,
  { line, fields }: Row,
  code: string,
  reason: string,
): RejectedRow {
  const whole = header.length === fields.length
  return {
    line,
    code,
    reason,
    row: whole ? Object.fromEntries(header.map((n, i) => [n, fields[i]])) : fields,
  }
}

function sizeOf(rows: readonly Row[]): number {
  let chars = 0
  for (const { fields } of rows) for (const field of fields) chars += field.length + 4
  return chars
}
