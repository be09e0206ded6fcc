import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What went through, since the proxy began. */
export interface Traffic {
  /** Messages from clients: each asks for one answer, so it is a round trip. */
  calls: number
  /** Both ways. */
  bytes: number
}

export interface CountingProxy extends AsyncDisposable {
  /** The server's own, with the proxy's port. */
  readonly url: string
  traffic(): Traffic
}

/** Stands between Monogram's processes and a document server of this machine, and counts. */
export async function startCountingProxy(serverUrl: string): Promise<CountingProxy> {
  const target = Number(new URL(serverUrl).port)
  const traffic: Traffic = { calls: 0, bytes: 0 }
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket.setNoDelay(true))
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    keep(client)
    keep(upstream)
    const count = messageCounter()
    client.on('data', (chunk) => {
      traffic.calls += count(chunk)
      traffic.bytes += chunk.length
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      traffic.bytes += chunk.length
      client.write(chunk)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `mongodb://127.0.0.1:${address.port}`,
    traffic: () => ({ ...traffic }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Counts the messages that begin in the chunks of one connection; a message begins with its length in four bytes. */
export function messageCounter(): (chunk: Uint8Array) => number {
  let head: number[] = []
  let left = 0
  return (chunk) => {
    let begun = 0
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const skipped = Math.min(left, chunk.length - at)
        left -= skipped
        at += skipped
        continue
      }
      head.push(chunk[at++] ?? 0)
      if (head.length < 4) continue
      left = Buffer.from(head).readInt32LE(0) - 4
      head = []
      begun++
    }
    return begun
  }
}
