/** Events by what became of them. */
export interface EventCounts {
  stored: number
  duplicate: number
  conflict: number
  rejected: number
}

export interface ImportProgress {
  /** `checking`: which file this is; `reading`: rows are put in order; `importing`: they become events. */
  phase: 'checking' | 'reading' | 'importing'
  /** Of `total`, in bytes of the file (reading) or rows (importing, when they are counted already). */
  done: number
  total: number
  unit: 'bytes' | 'rows'
  rows: number
  /** Since the import began. */
  seconds: number
}

export interface ImportSummary {
  source: string
  /** Rows (lines) read from the file, without the header. */
  rows: number
  /** Over all the runs that it took, if it was interrupted. */
  events: EventCounts
  /** Products that the file told of. */
  products: number
  /** Rows that the mapping passes over. */
  skipped: number
  /** Rows that were refused; they are in `rejectedFile`. */
  rejectedRows: number
  rejectedFile: string | null
  /** True when it went on where an earlier run had been interrupted. */
  resumed: boolean
  seconds: number
  rowsPerSecond: number
}

export function noEvents(): EventCounts {
  return { stored: 0, duplicate: 0, conflict: 0, rejected: 0 }
}

export function addCounts(to: EventCounts, counts: EventCounts): void {
  to.stored += counts.stored
  to.duplicate += counts.duplicate
  to.conflict += counts.conflict
  to.rejected += counts.rejected
}
