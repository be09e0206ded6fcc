import type { ImportRun } from './import-run.ts'
import { unreadable } from './unreadable.ts'

export interface StreamedRow {
  line: number
}

export interface RowHandler<T extends StreamedRow> {
  /** The row gives no event. Asked of every row, so that the count is right after an interruption too. */
  skips(row: T): boolean
  /** Takes what the row says of products, and hands its event to the sender unless it is skipped. True: a batch is full. */
  take(row: T, skipped: boolean): boolean
}

const CHECKPOINT_ROWS = 20_000

/**
 * Imports a file of which every row is an event of its own, as it is read. Up to a checkpoint everything is durable:
 * a run that follows an interruption takes only what lies behind it.
 */
export async function importStream<T extends StreamedRow>(
  run: ImportRun,
  batches: AsyncIterable<T[]>,
  handler: RowHandler<T>,
): Promise<void> {
  let sinceCheckpoint = 0
  try {
    for await (const rows of batches) {
      for (const row of rows) await takeRow(row)
      await run.rejected.flush()
      if (sinceCheckpoint >= CHECKPOINT_ROWS) await checkpoint()
      run.progress('importing', run.input.bytesRead, run.input.totalBytes, 'bytes')
    }
  } catch (error) {
    const problem = unreadable(run.path, error, `up to line ${run.tally.line} everything has been imported`)
    if (problem !== error) await checkpoint()
    throw problem
  }
  await checkpoint()

  async function takeRow(row: T): Promise<void> {
    const skipped = handler.skips(row)
    if (skipped) run.tally.skipped++
    run.tally.rows++
    run.tally.line = row.line
    if (row.line <= run.start.finishedLines) return
    sinceCheckpoint++
    if (handler.take(row, skipped)) await run.sender.send()
  }

  async function checkpoint(): Promise<void> {
    await run.sender.drain()
    await run.products.flush()
    await run.rejected.flush()
    sinceCheckpoint = 0
    const finishedLines = Math.max(run.tally.line, run.start.finishedLines)
    await run.save({ finishedBuckets: [], finishedLines })
  }
}
