import { MonogramError } from '../core/errors.ts'
import { loadConfig } from '../platform/config/load-config.ts'
import { StorageError } from '../storage/ports.ts'
import type { CliContext, Command } from './command.ts'
import { backupCommand } from './commands/backup.ts'
import { doctorCommand } from './commands/doctor.ts'
import { gatewayCommand } from './commands/gateway.ts'
import { identityCommands } from './commands/identity.ts'
import { importCommand } from './commands/import.ts'
import { keysCommands } from './commands/keys.ts'
import { replayCommand } from './commands/replay.ts'
import { restoreCommand } from './commands/restore.ts'
import { retainCommand } from './commands/retain.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { commandHelp, overallHelp } from './help.ts'
import { parseCommandLine } from './parse-command-line.ts'

const COMMANDS: readonly Command[] = [
  startCommand,
  importCommand,
  ...keysCommands,
  ...identityCommands,
  statusCommand,
  replayCommand,
  retainCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  gatewayCommand,
]
const FAILED = 1
const MISUSED = 2

/** Carries out one command line. Resolves with the exit code: 0 only on success, 2 when it was not understood. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    const parsed = parseCommandLine(argv, COMMANDS)
    switch (parsed.kind) {
      case 'version':
        context.out(context.version)
        return 0
      case 'help':
        for (const line of helpLines(parsed.command, context)) context.out(line)
        return 0
      case 'run':
        return await parsed.command.run(parsed.input, context, await loadConfig(context.env))
    }
  } catch (error) {
    return fail(error, context)
  }
}

function helpLines(command: Command | null, { version }: CliContext): string[] {
  return command ? commandHelp(command) : overallHelp(COMMANDS, version)
}

/** What a user can mend is one line; a stack is printed only for a bug. */
function fail(error: unknown, context: CliContext): number {
  const { code, message } = describe(error, context)
  context.err(`monogram: ${code}: ${message}\n`)
  return code === 'USAGE' ? MISUSED : FAILED
}

function describe(error: unknown, context: CliContext): { code: string; message: string } {
  if (error instanceof MonogramError) return error
  if (error instanceof StorageError) return { code: 'STORAGE_UNAVAILABLE', message: error.message }
  context.createLog('error').error({ err: error }, 'a command failed')
  return { code: 'INTERNAL', message: 'a bug on our side; the log line above has the details' }
}
