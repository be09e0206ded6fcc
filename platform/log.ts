import { pino, type Logger } from 'pino'

export type Log = Logger

/** JSON lines on stderr: stdout belongs to what a command prints. */
export function createLog(options: { level: string }): Log {
  return pino({ level: options.level, base: null }, pino.destination({ fd: 2, sync: false }))
}

/** For tests and for parts that were given no log. */
export function silentLog(): Log {
  return pino({ level: 'silent' })
}
