import { chmod, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { MonogramError } from '../../core/errors.ts'
import type { Log } from '../../platform/log.ts'
import { didYouMean } from '../../platform/nearest.ts'
import { StorageError } from '../../storage/ports.ts'
import { onMessage, sendMessage } from './messages.ts'
import { requestSchema, type CommandContext, type CommandHandlers } from './protocol.ts'

export interface ControlServerOptions {
  /** In a folder that only this user may enter. What a killed process left there is replaced. */
  socketPath: string
  handlers: CommandHandlers
  log: Log
}

const MAX_CONNECTIONS = 32
const MAX_REQUEST_CHARS = 1_048_576
const REQUEST_WITHIN_MS = 10_000
/** A client that does not read loses progress messages, never the result. */
const MAX_UNSENT_BYTES = 65_536

/** Resolves when commands can connect. Disposing stops those that run, waits for them, and removes the socket. */
export async function createControlServer(options: ControlServerOptions): Promise<AsyncDisposable> {
  const { socketPath, handlers, log } = options
  const sockets = new Set<Socket>()
  const running = new Set<Promise<void>>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, { handlers, log, running })
  })
  server.maxConnections = MAX_CONNECTIONS

  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  await chmod(socketPath, 0o600)

  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await Promise.all([closed, ...running])
    },
  }
}

interface Serving {
  handlers: CommandHandlers
  log: Log
  running: Set<Promise<void>>
}

/** The first message is the command; whatever else the client sends is ignored until it goes. */
function serve(socket: Socket, { handlers, log, running }: Serving): void {
  const gone = new AbortController()
  let begun = false
  socket.on('close', () => gone.abort())
  socket.on('error', (error) => log.debug({ err: error }, 'a control connection broke'))
  socket.setTimeout(REQUEST_WITHIN_MS, () => socket.destroy())
  onMessage(socket, MAX_REQUEST_CHARS, (line) => {
    if (begun) return
    begun = true
    socket.setTimeout(0)
    const answered = answer(line).finally(() => running.delete(answered))
    running.add(answered)
  })

  async function answer(line: string): Promise<void> {
    const context: CommandContext = {
      onProgress(progress) {
        if (socket.writableLength < MAX_UNSENT_BYTES) sendMessage(socket, { progress })
      },
      signal: gone.signal,
    }
    try {
      const result = await runCommand(line, handlers, context)
      sendMessage(socket, { result: result ?? null })
    } catch (error) {
      if (!gone.signal.aborted) sendMessage(socket, { error: tell(error, log) })
    }
    socket.end()
  }
}

async function runCommand(
  line: string,
  handlers: CommandHandlers,
  context: CommandContext,
): Promise<unknown> {
  const { command, args } = requestSchema.parse(JSON.parse(line))
  const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined
  if (handler) return handler(args, context)
  throw new MonogramError(
    'USAGE',
    `the running server does not know the command "${command}"${didYouMean(command, Object.keys(handlers))};` +
      ' it may be of another version: restart it',
  )
}

function tell(error: unknown, log: Log): { code: string; message: string } {
  if (error instanceof MonogramError) return { code: error.code, message: error.message }
  if (error instanceof StorageError) return { code: 'STORAGE_UNAVAILABLE', message: error.message }
  log.error({ err: error }, 'a command failed')
  return { code: 'INTERNAL', message: "a bug on our side; the server's log has the details" }
}
