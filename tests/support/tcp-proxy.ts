import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { createRandom } from '../simulator/random.ts'

/**
 * How a proxy treats what goes through it.
 * - `black-hole`: takes everything and passes nothing on. A connection that lost bytes so stays silent for ever, as one
 *   that a firewall has forgotten: no peer ever sees a stream with a hole.
 * - `half-frame`: answers pass until one of them, of which only the first half does; then the connection is reset.
 * - `latency`: what comes is passed on later, by 20 to 120 ms, in its order.
 * - `single-bytes`: each byte goes by itself.
 * - `refuse`: connections are reset, also those that there are.
 */
export type ProxyMode = 'pass' | 'black-hole' | 'half-frame' | 'latency' | 'single-bytes' | 'refuse'

export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Connections that are open, on both sides. */
  readonly openSockets: number
  /** From now on, for all connections. */
  setMode(mode: ProxyMode): void
  /** Where connections go from now on; those that there are are reset. */
  setTarget(port: number): void
  /** Resets all connections. */
  cut(): void
}

const MIN_LATENCY_MS = 20
const JITTER_MS = 100
/** One answer of so many is halved. */
const HALVED = 0.3
/** Bytes that go one by one before others have a turn. */
const BYTES_A_TURN = 16

/** A proxy on 127.0.0.1 between ours and a server there. The same seed draws the same delays and halves. */
export async function startTcpProxy(target: number, seed = 1): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass'
  let port = target
  const random = createRandom(seed)
  const sockets = new Set<Socket>()
  const forgotten = new WeakSet<Socket>()
  const keep = (socket: Socket): void => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  /** In order, and no faster than the other side takes it. */
  async function carry(from: Socket, to: Socket, client: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (mode === 'black-hole') forgotten.add(client)
      if (forgotten.has(client)) continue
      if (mode === 'latency') await delay(MIN_LATENCY_MS + random.next() * JITTER_MS)
      if (mode === 'half-frame' && to === client && random.chance(HALVED)) {
        await write(to, chunk.subarray(0, chunk.length >> 1))
        // Only what has left is seen by the other side: a reset throws away what waits.
        await turn()
        client.resetAndDestroy()
        return
      }
      if (mode === 'single-bytes') await writeBytes(to, chunk)
      else await write(to, chunk)
    }
  }

  const server = createServer((client) => {
    keep(client)
    if (mode === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    keep(upstream)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      carry(from, to, client)
        .catch(() => undefined)
        // The end of ours ends both; that of the server's side is not heard of by one that was forgotten.
        .finally(() => (from === upstream && forgotten.has(client) ? undefined : to.destroy()))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    get openSockets() {
      return sockets.size
    },
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

function write(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => to.write(chunk, (error) => (error ? reject(error) : resolve())))
}

async function writeBytes(to: Socket, chunk: Buffer): Promise<void> {
  for (let i = 0; i < chunk.length; i++) {
    const written = write(to, chunk.subarray(i, i + 1))
    if (i % BYTES_A_TURN === 0 || i === chunk.length - 1) await written
    else written.catch(() => undefined)
  }
}
