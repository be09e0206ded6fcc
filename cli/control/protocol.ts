import { z } from 'zod'
import { ERRORS, MonogramError, type ErrorCode } from '../../core/errors.ts'

/*
 * One connection, one command. Each message is one line of JSON: the request `{command, args}`; then, from the server,
 * any number of `{progress}` and one `{result}` or `{error}`. Whoever closes the connection stops the command.
 */

export interface CommandContext {
  onProgress: (progress: unknown) => void
  /** Aborted when whoever asked has gone. */
  signal: AbortSignal
}

/** What a command does; rejects with MonogramError for what its user can mend. */
export type CommandHandler = (args: unknown, context: CommandContext) => Promise<unknown>
export type CommandHandlers = Readonly<Record<string, CommandHandler>>

export const requestSchema = z.object({ command: z.string(), args: z.unknown() })

export const replySchema = z.union([
  z
    .strictObject({ progress: z.unknown() })
    .transform(({ progress }) => ({ kind: 'progress' as const, progress })),
  z.strictObject({ result: z.unknown() }).transform(({ result }) => ({ kind: 'result' as const, result })),
  z
    .strictObject({ error: z.object({ code: z.string(), message: z.string() }) })
    .transform(({ error }) => ({ kind: 'error' as const, error: toError(error) })),
])
export type Reply = z.infer<typeof replySchema>

/** A code that this version does not know (the server may be of another) still says what it has to say. */
function toError({ code, message }: { code: string; message: string }): MonogramError {
  if (Object.hasOwn(ERRORS, code)) return new MonogramError(code as ErrorCode, message)
  return new MonogramError('INTERNAL', `${code}: ${message}`)
}
