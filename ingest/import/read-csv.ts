import { pipeline, type Readable, type TransformCallback } from 'node:stream'
import { Parser } from 'csv-parse'
import type { Row } from './row.ts'

/** A quote that is never closed would otherwise read the rest of the file into one field. */
const MAX_RECORD_CHARS = 1_048_576

/** The first record is the header. Rows come in batches, as the bytes do; every row with its line. */
export interface CsvFile {
  header: readonly string[]
  batches: AsyncIterable<Row[]>
}

/** Rejects, as its batches do, with what the stream or csv-parse says. */
export async function readCsv(stream: Readable, delimiter: string): Promise<CsvFile> {
  const parser = new BatchParser(delimiter)
  // An error destroys the parser, and so reaches whoever iterates over it.
  pipeline(stream, parser, () => undefined)
  const batches = parser[Symbol.asyncIterator]() as AsyncIterator<Row[]>
  const first = await batches.next()
  const rows = first.done ? [] : first.value
  const header = (rows.shift()?.fields ?? []).map((name) => name.trim())
  return { header, batches: rest(rows) }

  async function* rest(begun: Row[]): AsyncGenerator<Row[]> {
    if (begun.length > 0) yield begun
    for (let next = await batches.next(); !next.done; next = await batches.next()) yield next.value
  }
}

/**
 * csv-parse hands over one record at a time, and knows its line only at that moment (its own `info` option costs
 * half again as much time). So records are taken where it pushes them, and go on in one batch for each chunk of bytes.
 */
class BatchParser extends Parser {
  #batch: Row[] = []

  constructor(delimiter: string) {
    super({
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_CHARS,
    })
  }

  override push(record: unknown): boolean {
    if (record === null) return super.push(null)
    this.#batch.push({ line: this.info.lines, fields: record as string[] })
    return true
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
    super._transform(chunk, encoding, (error) => this.#handOver(callback, error))
  }

  override _flush(callback: TransformCallback): void {
    super._flush((error) => this.#handOver(callback, error))
  }

  #handOver(callback: TransformCallback, error: Error | null | undefined): void {
    const batch = this.#batch
    this.#batch = []
    if (batch.length > 0) super.push(batch)
    callback(error)
  }
}
