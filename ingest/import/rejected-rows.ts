import { open, type FileHandle } from 'node:fs/promises'
import { MonogramError } from '../../core/errors.ts'
import type { RejectedRow } from './row.ts'

/** The file of refused rows, NDJSON: what to repair and import again. */
export interface RejectedRows extends AsyncDisposable {
  add(rows: readonly RejectedRow[]): void
  /** Resolves when all that was added is in the file. */
  flush(): Promise<void>
  readonly count: number
  /** Null as long as nothing was refused: then no file is made. */
  readonly file: string | null
}

export interface RejectedRowsOptions {
  /** Null: counted only. */
  path: string | null
  /** Keep what an interrupted run wrote there. */
  append: boolean
  /** Rows that interrupted runs refused. */
  countBefore: number
}

export function createRejectedRows({ path, append, countBefore }: RejectedRowsOptions): RejectedRows {
  let file: FileHandle | null = null
  let held: RejectedRow[] = []
  let count = countBefore
  let writing: Promise<void> = Promise.resolve()

  return {
    add(rows) {
      count += rows.length
      if (path !== null) held = held.concat(rows)
    },
    flush() {
      if (held.length > 0) writing = writing.then(writeHeld)
      return writing
    },
    get count() {
      return count
    },
    get file() {
      return count > 0 ? path : null
    },
    async [Symbol.asyncDispose]() {
      await writing.catch(() => undefined)
      await file?.close()
    },
  }

  async function writeHeld(): Promise<void> {
    if (path === null || held.length === 0) return
    const rows = held
    held = []
    try {
      file ??= await open(path, append ? 'a' : 'w', 0o600)
      await file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `cannot write the rejected rows to ${path}: ${reason}`
      throw new MonogramError('STORAGE_UNAVAILABLE', message, { cause: error })
    }
  }
}
