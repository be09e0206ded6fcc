import { connect, type Socket } from 'node:net'
import { MonogramError } from '../../core/errors.ts'
import { onMessage, sendMessage } from './messages.ts'
import { replySchema, type CommandContext } from './protocol.ts'

const MAX_REPLY_CHARS = 64 * 1_048_576

/**
 * Carries out a command in the server behind this socket. Null when nobody answers there, as after a crash. Rejects
 * with the server's error, or NOT_READY when the server goes before it has answered.
 */
export async function callControl(
  socketPath: string,
  command: string,
  args: unknown,
  context: CommandContext,
): Promise<{ result: unknown } | null> {
  const socket = await connectTo(socketPath)
  if (!socket) return null
  const stop = (): void => void socket.destroy(abortError(context.signal))
  context.signal.addEventListener('abort', stop)
  try {
    context.signal.throwIfAborted()
    return await ask(socket, { command, args }, context)
  } finally {
    context.signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

function ask(socket: Socket, request: object, context: CommandContext): Promise<{ result: unknown }> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => {
      reject(new MonogramError('NOT_READY', 'the server stopped before the command had ended; try again'))
    })
    onMessage(socket, MAX_REPLY_CHARS, (line) => {
      const reply = replySchema.parse(JSON.parse(line))
      if (reply.kind === 'progress') context.onProgress(reply.progress)
      else if (reply.kind === 'result') resolve({ result: reply.result })
      else reject(reply.error)
    })
    sendMessage(socket, request)
  })
}

function connectTo(socketPath: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
  })
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('stopped')
}
