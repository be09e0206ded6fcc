import type { ImportMessage } from './command-handlers.ts'
import type { Output } from './command.ts'

/** Disposing takes the line away. */
export interface ProgressLine extends Disposable {
  show(message: ImportMessage): void
  clear(): void
}

/** What ends sooner needs no progress. */
const QUIET_SECONDS = 2
/** Without a terminal each line stays, so there are few. */
const LINES_EVERY_SECONDS = 10
const BAR_CHARS = 24
const LABELS = {
  checking: 'checking',
  reading: 'reading',
  importing: 'importing',
  folding: 'folding',
} as const

/** Progress on stderr: a line that is rewritten on a terminal, a plain line now and then elsewhere. */
export function createProgressLine({ err, errIsTerminal }: Output): ProgressLine {
  let shown = false
  let phase: ImportMessage['phase'] | null = null
  let phaseSince = 0
  let lastSeconds = 0
  let lastPlain = -Infinity

  return { show, clear, [Symbol.dispose]: clear }

  function show(message: ImportMessage): void {
    const seconds = message.phase === 'folding' ? lastSeconds : message.seconds
    if (message.phase !== phase) {
      phase = message.phase
      phaseSince = seconds
    }
    lastSeconds = seconds
    if (seconds < QUIET_SECONDS) return
    if (errIsTerminal) {
      err(`\r\u001b[2K${describe(message, phaseSince)}`)
      shown = true
    } else if (seconds - lastPlain >= LINES_EVERY_SECONDS) {
      err(`${describe(message, phaseSince)}\n`)
      lastPlain = seconds
    }
  }

  function clear(): void {
    if (shown) err('\r\u001b[2K')
    shown = false
  }
}

function describe(message: ImportMessage, phaseSince: number): string {
  if (message.phase === 'folding') return 'bringing profiles up to date'
  const { phase, done, total, rows, seconds } = message
  const share = total > 0 ? Math.min(1, done / total) : 0
  const filled = Math.round(share * BAR_CHARS)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CHARS - filled)}`
  const spent = seconds - phaseSince
  const left = share > 0 && spent > 0 ? `, ${Math.ceil((spent / share) * (1 - share))} s left` : ''
  const rate = seconds > 0 ? Math.round(rows / seconds).toLocaleString('en-US') : '0'
  return `${LABELS[phase]} ${bar} ${Math.floor(share * 100)} %, ${rate} rows/s${left}`
}
