import { MonogramError } from '../../core/errors.ts'

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by this user',
  Z_BUF_ERROR: 'the gzip data is cut short',
  Z_DATA_ERROR: 'the gzip data is damaged',
}

/**
 * What went wrong with reading becomes IMPORT_FILE_UNREADABLE; an abort and errors of our own stay what they are.
 *
 * @param where how far reading had come, and what became of it
 */
export function unreadable(path: string, error: unknown, where = ''): unknown {
  if (error instanceof MonogramError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ABORT_ERR') return error
  if (!isReadError(code)) return error
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error))
  return new MonogramError('IMPORT_FILE_UNREADABLE', `${path}: ${reason}${where && `; ${where}`}`, {
    cause: error,
  })
}

function isReadError(code: string): boolean {
  return /^(E[A-Z]+|Z_[A-Z_]+|CSV_[A-Z_]+|INVALID_OPENING_QUOTE)$/.test(code)
}
