import type { EventEmitter } from 'node:events'
import type { Log } from '../platform/log.ts'
import type { LoadedConfig } from '../platform/config/config.ts'
import type { OpenServices, StartServer } from './services.ts'

/** Where a command writes. */
export interface Output {
  /** A line on stdout: what was asked for. */
  out: (line: string) => void
  /** Text on stderr, as it is: progress and errors. */
  err: (text: string) => void
  /** Whether stderr is a terminal, whose line can be rewritten. */
  errIsTerminal: boolean
}

/** The world as a command sees it; only main.ts knows the process. */
export interface CliContext extends Output {
  env: Readonly<Record<string, string | undefined>>
  /** The working folder: paths on the command line are relative to it. */
  cwd: string
  /** What tells of SIGINT and SIGTERM. */
  signals: Pick<EventEmitter, 'on' | 'off'>
  version: string
  createLog: (level: string) => Log
  openServices: OpenServices
  startServer: StartServer
}

export interface OptionSpec {
  type: 'string' | 'boolean'
  help: string
  /** What stands for the value in the help. */
  value?: string
  multiple?: boolean
}

export interface Command {
  /** One word or two: `keys create`. */
  name: string
  summary: string
  /** Names of the words that follow; all are needed. */
  positionals: readonly string[]
  options: Readonly<Record<string, OptionSpec>>
  /** The exit code: 0 only on success. */
  run(input: CommandInput, context: CliContext, config: LoadedConfig): Promise<number>
}

/** The command line, parsed. */
export interface CommandInput {
  positionals: readonly string[]
  flag(name: string): boolean
  text(name: string): string | null
  texts(name: string): readonly string[]
}

export const JSON_OPTION: OptionSpec = { type: 'boolean', help: 'print JSON' }
