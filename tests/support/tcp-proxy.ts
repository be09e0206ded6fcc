import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** How a proxy treats what goes through it; `black-hole` takes everything and passes nothing on. */
export type ProxyMode = 'pass' | 'black-hole' | 'refuse'

export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** From now on; connections that there are stay, but with `refuse`, which resets them. */
  setMode(mode: ProxyMode): void
  /** Where connections go from now on; those that there are are reset. */
  setTarget(port: number): void
  /** Resets all connections. */
  cut(): void
}

/** A proxy on 127.0.0.1 between ours and a server there. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass'
  let port = target
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const server = createServer((client) => {
    keep(client)
    if (mode === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    keep(upstream)
    client.on('data', (chunk) => mode === 'pass' && upstream.write(chunk))
    upstream.on('data', (chunk) => mode === 'pass' && client.write(chunk))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    cut,
    setMode(next) {
      mode = next
      if (mode === 'refuse') cut()
    },
    setTarget(next) {
      port = next
      cut()
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
