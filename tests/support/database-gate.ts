import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A command on its way to the database: the first field of an OP_MSG, as `insert: "events"`, and all of its bytes. */
export interface SentCommand {
  name: string
  collection: string
  message: Buffer
}

/** What one process sends to the database goes through it, and can be held up at a command: the worst of moments. */
export interface DatabaseGate extends AsyncDisposable {
  readonly port: number
  /** Holds what is sent from the next such command on, on every connection. Resolves when that has come. */
  holdAt(isIt: (command: SentCommand) => boolean): Promise<void>
  /** Lets go on what is held of connections that are still there: that of a killed process never arrives. */
  open(): void
}

export async function openDatabaseGate(target: number): Promise<DatabaseGate> {
  let awaited: { isIt: (command: SentCommand) => boolean; come: () => void } | null = null
  let isHolding = false
  const connections = new Set<{ ours: Socket; theirs: Socket; held: Buffer[] }>()

  const server = createServer((ours) => {
    const theirs = connect(target, '127.0.0.1')
    const connection = { ours, theirs, held: [] as Buffer[] }
    connections.add(connection)
    for (const [socket, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        connections.delete(connection)
        other.destroy()
      })
    }
    theirs.on('data', (chunk) => ours.write(chunk))
    let rest = Buffer.alloc(0)
    ours.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0))
        rest = rest.subarray(message.length)
        const command = readCommand(message)
        if (awaited && command && awaited.isIt(command)) {
          isHolding = true
          awaited.come()
          awaited = null
        }
        if (isHolding) connection.held.push(message)
        else theirs.write(message)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the gate has no port')
  return {
    port: address.port,
    holdAt: (isIt) => new Promise((come) => (awaited = { isIt, come })),
    open() {
      isHolding = false
      for (const { theirs, held } of connections) for (const message of held.splice(0)) theirs.write(message)
    },
    async [Symbol.asyncDispose]() {
      for (const { ours, theirs } of connections) {
        ours.destroy()
        theirs.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}

const OP_MSG = 2013
/** Header and flags, the kind of the section, the length of its document, the type of the first field. */
const FIRST_NAME = 16 + 4 + 1 + 4 + 1
const STRING = 2

function readCommand(message: Buffer): SentCommand | null {
  if (message.readInt32LE(12) !== OP_MSG || message[FIRST_NAME - 1] !== STRING) return null
  const nameEnd = message.indexOf(0, FIRST_NAME)
  const from = nameEnd + 1 + 4
  const length = message.readInt32LE(nameEnd + 1) - 1
  return {
    name: message.toString('utf8', FIRST_NAME, nameEnd),
    collection: message.toString('utf8', from, from + length),
    message,
  }
}
