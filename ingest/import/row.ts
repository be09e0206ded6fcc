/** One record of a CSV file. */
export interface Row {
  /** The line that it ends on; the header is on line 1. */
  line: number
  fields: readonly string[]
  /** Why it cannot be used, when that is known already; its group falls with it. */
  mistake?: string
}

/** A row that cannot become what the mapping says. It never leaves the import: it becomes a rejected row. */
export class RowMistake extends Error {
  override readonly name = 'RowMistake'
  readonly line: number

  constructor(line: number, reason: string) {
    super(reason)
    this.line = line
  }
}

/** A row that was refused, as it is written to the file of rejected rows: one JSON object a line. */
export interface RejectedRow {
  line: number
  code: string
  reason: string
  /** Of CSV by column, of NDJSON the value of the line, or its text when it is not JSON. */
  row: unknown
}
