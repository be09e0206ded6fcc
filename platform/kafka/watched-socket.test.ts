import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ResourceStack } from '../resource-stack.ts'
import { watchedSockets } from './watched-socket.ts'

const ANSWER = Buffer.from([0, 0, 0, 2, 104, 105])
const JOIN = Buffer.from([0, 0, 0, 2, 0, 11])
const FETCH = Buffer.from([0, 0, 0, 2, 0, 1])

test('a connection on which requests are not answered ends; one that is answered or idle stays', async () => {
  await using stack = new ResourceStack()
  const { open, answers } = await startPeer(stack)
  // Longer than a busy machine keeps an answer back, and an idle connection is looked at for longer than that.
  const socket = await open({ silentMs: 400 })
  answers.push(ANSWER)
  socket.write(FETCH)
  await once(socket, 'data')
  await delay(500)
  expect(socket.destroyed).toBe(false)
  socket.write(FETCH)
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('400 ms')
  expect(() => socket.write(FETCH)).toThrow('has ended')
})

test('half an answer is no answer', async () => {
  await using stack = new ResourceStack()
  const { open, answers } = await startPeer(stack)
  const socket = await open({ silentMs: 40 })
  const heard: Buffer[] = []
  socket.on('data', (data: Buffer) => heard.push(data))
  answers.push(ANSWER.subarray(0, 5))
  socket.write(FETCH)
  await once(socket, 'error')
  expect(heard).toEqual([])
})

test('a join is given the time that others take', async () => {
  await using stack = new ResourceStack()
  const { open } = await startPeer(stack)
  const socket = await open({ silentMs: 20, joiningSilentMs: 120 })
  const began = performance.now()
  socket.write(JOIN)
  await once(socket, 'error')
  expect(performance.now() - began).toBeGreaterThan(100)
})

test('a peer that speaks another protocol is left', async () => {
  await using stack = new ResourceStack()
  const { open, answers } = await startPeer(stack)
  const socket = await open({})
  answers.push(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
  socket.write(FETCH)
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('no broker of Kafka')
})

/** A server that says the next of `answers` to each request, and nothing when there is none left. */
async function startPeer(stack: ResourceStack) {
  const answers: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', () => {
      const answer = answers.shift()
      if (answer) socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = async (limits: Parameters<typeof watchedSockets>[0]): Promise<Socket> => {
    const connect = watchedSockets(limits)
    const socket = connect({ host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => undefined })
    stack.defer(async () => {
      socket.destroy()
    })
    await once(socket, 'connect')
    return socket.resume()
  }
  return { open, answers }
}
