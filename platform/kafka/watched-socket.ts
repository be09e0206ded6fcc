import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

/** Longer than any answer may take: joining a group waits for its other members, at most 10 s. */
const SILENT_MS = 12_000
const KEEP_ALIVE_DELAY_MS = 60_000

/**
 * Connections to brokers as kafkajs makes them, which end when requests are sent and nothing comes for `silentMs`. By
 * itself the client gives up the request alone and sends the next one on the same connection, for minutes when that is
 * dead and does not say so.
 */
export function watchedSockets(silentMs = SILENT_MS): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    endWhenSilent(socket, silentMs)
    return socket
  }
}

function endWhenSilent(socket: Socket, silentMs: number): void {
  let timer: NodeJS.Timeout | undefined
  const hear = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (...args: unknown[]) => {
    timer ??= setTimeout(() => {
      socket.destroy(new Error(`the broker has answered nothing for ${silentMs} ms`))
    }, silentMs).unref()
    return write(...args)
  }
  socket.on('data', hear)
  socket.on('close', hear)
}
