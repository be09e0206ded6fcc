import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { watchedSockets } from './watched-socket.ts'

test('a connection on which requests are not answered ends; one that is answered or idle stays', async () => {
  let answers = 0
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', () => answers-- > 0 && socket.write('answer'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = watchedSockets(40)
  const socket = open({ host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => undefined })
  try {
    await once(socket, 'connect')
    answers = 1
    socket.write('request')
    await once(socket, 'data')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(socket.destroyed).toBe(false)
    socket.write('request')
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toContain('40 ms')
  } finally {
    socket.destroy()
    server.close()
  }
})
