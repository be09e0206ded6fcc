import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createCheckpoints } from './checkpoints.ts'
import { openConnection } from './connection.ts'
import { createGroupWriter, type Operation, type Outcome } from './writer.ts'

/** What the thread is started with. */
export interface WriterThreadData {
  file: string
  maxGroupOps: number
}

export interface PostedWrite {
  id: number
  operation: Operation
}

export type WriterCommand = { kind: 'write'; writes: readonly PostedWrite[] } | { kind: 'close' }
export type WriterReply = { id: number; outcome: Outcome }[]

/*
 * The entry of the writer's thread. While a group commits, commands gather in the port; the writes of all of them, up
 * to `maxGroupOps`, make up the next group.
 */
if (!parentPort) throw new Error('writer-thread is started as a worker thread')
const port = parentPort
const { file, maxGroupOps } = workerData as WriterThreadData
const group = createGroupWriter(() => openConnection(file, 'writer', 'elsewhere'))
const checkpoints = createCheckpoints(file, group)

port.on('message', (first: WriterCommand) => {
  const waiting: PostedWrite[] = []
  let command: WriterCommand | undefined = first
  while (command?.kind === 'write') {
    waiting.push(...command.writes)
    command = waiting.length < maxGroupOps ? nextCommand() : undefined
  }
  while (waiting.length > 0) carryOut(waiting.splice(0, maxGroupOps))
  if (command?.kind === 'close') void close()
})

async function close(): Promise<void> {
  await checkpoints.close()
  group.close()
  port.close()
}

function carryOut(writes: readonly PostedWrite[]): void {
  const outcomes = group.execute(writes.map(({ operation }) => operation))
  const reply: WriterReply = outcomes.map((outcome, i) => ({ id: writes[i]?.id ?? 0, outcome }))
  port.postMessage(reply)
  checkpoints.committed()
}

function nextCommand(): WriterCommand | undefined {
  return receiveMessageOnPort(port)?.message
}
