import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import { createFrameReader } from './frames.ts'

/** Longer than a broker may wait before it answers: a fetch for records, a produce for replicas. */
const SILENT_MS = 2_000
/** A join waits for the group's other members, at most for its rebalance timeout. */
const JOINING_SILENT_MS = 4_000
const KEEP_ALIVE_DELAY_MS = 60_000

/** https://kafka.apache.org/protocol#protocol_api_keys */
const JOIN_GROUP = 11
const SYNC_GROUP = 14
const API_KEY_AT = 4

/**
 * Connections to brokers as kafkajs makes them, which
 * - end when a request was sent and nothing comes: by itself the client gives up the request alone and sends the next
 *   one on the same connection, for minutes when that is dead and does not say so;
 * - pass on whole answers alone: of a connection that breaks within an answer the client keeps the half, takes what
 *   comes on the next connection for the rest of it, and never understands an answer again.
 */
export function watchedSockets({
  silentMs = SILENT_MS,
  joiningSilentMs = JOINING_SILENT_MS,
} = {}): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    watch(socket, (request) => (waitsForOthers(request) ? joiningSilentMs : silentMs))
    return socket
  }
}

function watch(socket: Socket, mayBeSilent: (request: Buffer) => number): void {
  /** Of each request that is under way, in the order in which answers come: for how long nothing may come before its own. */
  const waiting: number[] = []
  let timer: NodeJS.Timeout | undefined
  const rest = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const wait = (): void => {
    const [silentMs] = waiting
    if (timer !== undefined || silentMs === undefined) return
    timer = setTimeout(() => {
      socket.destroy(new Error(`the broker has answered nothing for ${silentMs} ms`))
    }, silentMs).unref()
  }

  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (request: Buffer, ...more: unknown[]) => {
    // The client would wait for an answer to it, on a connection that it does not yet know to be gone.
    if (socket.destroyed) throw new Error('the connection to the broker has ended')
    waiting.push(mayBeSilent(request))
    wait()
    return write(request, ...more)
  }

  const readFrames = createFrameReader()
  const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'close') rest()
    if (event !== 'data') return emit(event, ...args)
    rest()
    const frames = readFrames(args[0] as Buffer)
    if (frames === null) {
      socket.destroy(new Error('what answers here is no broker of Kafka'))
      return true
    }
    for (const frame of frames) {
      waiting.shift()
      emit('data', frame)
    }
    wait()
    return true
  }
}

function waitsForOthers(request: Buffer): boolean {
  if (request.length < API_KEY_AT + 2) return false
  const apiKey = request.readInt16BE(API_KEY_AT)
  return apiKey === JOIN_GROUP || apiKey === SYNC_GROUP
}
