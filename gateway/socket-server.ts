import { setMaxListeners } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols } from 'graphql-ws'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { MonogramError } from '../core/errors.ts'
import { isPassing } from '../platform/http-error.ts'
import type { Log } from '../platform/log.ts'
import { handleUpgrades, refuseUpgrade } from '../platform/upgrades.ts'
import { createSocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts'

export interface SocketServerOptions extends Pick<SocketProtocolOptions, 'gateway' | 'authenticate'> {
  server: Server
  path: string
  log: Log
  limits?: Partial<SocketLimits>
}

export interface SocketLimits {
  /** From the opening of a socket to its `connection_init`. */
  initTimeoutMs: number
  maxOperationsPerSocket: number
  maxMessageBytes: number
  maxSockets: number
  /** A socket that has not answered a ping when the next one is due is cut. */
  pingIntervalMs: number
  /** How long closing waits for clients to close their end. */
  closeTimeoutMs: number
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  initTimeoutMs: 3_000,
  maxOperationsPerSocket: 100,
  maxMessageBytes: 256 * 1024,
  maxSockets: 10_000,
  pingIntervalMs: 15_000,
  closeTimeoutMs: 2_000,
}

/**
 * Takes the WebSockets of a server at one path. Disposing of it closes all with 1001; it must come before the server itself closes, which else waits for them.
 */
export function createSocketServer(options: SocketServerOptions): AsyncDisposable {
  const { server, path, log } = options
  const limits = { ...DEFAULT_SOCKET_LIMITS, ...options.limits }
  const protocol = createSocketProtocol({ ...options, ...limits })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxMessageBytes, handleProtocols })
  const answering = new WeakSet<WebSocket>()
  const pings = setInterval(pingAll, limits.pingIntervalMs)
  const upgrades = handleUpgrades(server, path, onUpgrade)

  return {
    async [Symbol.asyncDispose]() {
      upgrades[Symbol.dispose]()
      clearInterval(pings)
      for (const socket of sockets.clients) socket.close(1001, 'Going away')
      const cut = setTimeout(
        () => sockets.clients.forEach((socket) => socket.terminate()),
        limits.closeTimeoutMs,
      )
      await Promise.all(Array.from(sockets.clients, closed))
      clearTimeout(cut)
      sockets.close()
    },
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'a connection broke before it was a socket'))
    if (sockets.clients.size >= limits.maxSockets) return refuseUpgrade(socket, '503 Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, request))
  }

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const closing = new AbortController()
    setMaxListeners(0, closing.signal)
    answering.add(socket)
    const onClosed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (data: RawData) => {
            receive(textOf(data)).catch((error: unknown) => fail(socket, error))
          }),
      },
      { headers: request.headers, signal: closing.signal },
    )
    socket.on('pong', () => answering.add(socket))
    // ws closes the socket with the right code by itself: 1009 for a message that is too large, 1002, 1007.
    socket.on('error', (error) => log.debug({ err: error }, 'a socket was closed for what it sent'))
    socket.on('close', (code, reason) => {
      closing.abort()
      onClosed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'closing a socket failed'),
      )
    })
  }

  function fail(socket: WebSocket, error: unknown): void {
    if (socket.readyState !== socket.OPEN) return
    if (error instanceof MonogramError && isPassing(error)) {
      log.warn({ err: error.cause ?? error, code: error.code }, 'a socket could not be served')
      return socket.close(TRY_AGAIN_LATER, 'Try again later')
    }
    log.error({ err: error }, 'a socket failed')
    socket.close(CloseCode.InternalServerError, 'Internal server error')
  }

  function pingAll(): void {
    for (const socket of sockets.clients) {
      if (!answering.delete(socket)) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.ping()
    }
  }
}

/** https://www.iana.org/assignments/websocket: clients come again after it, as they do not after an error of ours. */
const TRY_AGAIN_LATER = 1013

/** A socket that was not told otherwise gives each message as one Buffer. */
function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : ''
}

/** Resolves when the text has left the process, so that a slow client slows its subscriptions down, and not the memory. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) resolve()
    else socket.send(text, (error) => (error ? reject(error) : resolve()))
  })
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve()
    else socket.once('close', () => resolve())
  })
}
