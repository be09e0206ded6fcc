import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** A server that sends back what it gets, behind a proxy. */
async function startWorld() {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const proxy = await startTcpProxy(address.port)
  return {
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Client {
  socket: Socket
  /** What came, piece by piece. */
  pieces: string[]
  /** How it ended; null while it is open. */
  end: () => string | null
}

function open({ port }: TcpProxy): Client {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  const pieces: string[] = []
  let end: string | null = null
  socket.on('data', (piece) => pieces.push(String(piece)))
  socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? error.message))
  socket.on('close', () => (end ??= 'closed'))
  return { socket, pieces, end: () => end }
}

const TEXT = 'a text of some length, of which each byte matters'

async function echoed(client: Client): Promise<void> {
  client.socket.write(TEXT)
  await eventually(async () => expect(client.pieces.join('')).toBe(TEXT))
}

test('what passes is whole and in its order, at once, late, or byte by byte', async () => {
  await using world = await startWorld()
  for (const mode of ['pass', 'latency', 'single-bytes'] as const) {
    world.proxy.setMode(mode)
    const client = open(world.proxy)
    const began = performance.now()
    await echoed(client)
    if (mode === 'latency') expect(performance.now() - began).toBeGreaterThanOrEqual(39)
    if (mode === 'single-bytes') expect(client.pieces.length).toBeGreaterThan(1)
    client.socket.end()
    await eventually(async () => expect(client.end()).toBe('closed'))
  }
  await eventually(async () => expect(world.proxy.openSockets).toBe(0))
})

test('a connection that lost bytes in a black hole stays silent; one that did not, and a new one, go on', async () => {
  await using world = await startWorld()
  const [lost, idle] = [open(world.proxy), open(world.proxy)]
  await echoed(lost)
  world.proxy.setMode('black-hole')
  lost.socket.write('lost')
  // Both went the same way, so this one has been taken as well once the other side of the proxy has read it.
  await eventually(async () => expect(lost.socket.writableLength).toBe(0))
  await new Promise((resolve) => setTimeout(resolve, 50))
  world.proxy.setMode('pass')
  lost.socket.write('never heard of')
  await echoed(idle)
  await echoed(open(world.proxy))
  expect(lost.pieces.join('')).toBe(TEXT)
  expect(lost.end()).toBeNull()
})

test('half of an answer comes, then a reset', async () => {
  await using world = await startWorld()
  world.proxy.setMode('half-frame')
  const client = open(world.proxy)
  const asking = setInterval(() => client.end() === null && client.socket.write(TEXT), 10)
  try {
    // Which of the two it sees is a race in the kernel: the reset follows the half at once.
    await eventually(async () => expect(client.end()).toMatch(/ECONNRESET|EPIPE|closed/))
  } finally {
    clearInterval(asking)
  }
  expect(client.pieces.join('').length % TEXT.length).toBe(TEXT.length >> 1)
})

test('refused and cut connections are reset, and another target is another server', async () => {
  await using world = await startWorld()
  const cut = open(world.proxy)
  await echoed(cut)
  world.proxy.cut()
  await eventually(async () => expect(cut.end()).toBe('ECONNRESET'))
  world.proxy.setMode('refuse')
  const refused = open(world.proxy)
  await eventually(async () => expect(refused.end()).toMatch(/ECONNRESET|closed/))
  world.proxy.setMode('pass')
  await using other = await startWorld()
  world.proxy.setTarget(other.proxy.port)
  await echoed(open(world.proxy))
  expect(other.proxy.openSockets).toBe(2)
})
