import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

const handlersOf = new WeakMap<Server, Map<string, UpgradeHandler>>()

/** Takes what asks to become a WebSocket at this path of a server; what asks elsewhere is told 404. */
export function handleUpgrades(server: Server, path: string, handle: UpgradeHandler): Disposable {
  const handlers = handlersOf.get(server) ?? new Map<string, UpgradeHandler>()
  if (!handlersOf.has(server)) {
    handlersOf.set(server, handlers)
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const handler = handlers.get(request.url?.split('?', 1)[0] ?? '')
      if (handler) handler(request, socket, head)
      else refuseUpgrade(socket, '404 Not Found')
    })
  }
  handlers.set(path, handle)
  return {
    [Symbol.dispose]: () => {
      handlers.delete(path)
    },
  }
}

/** @param status as `401 Unauthorized` */
export function refuseUpgrade(socket: Duplex, status: string, body = ''): void {
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
