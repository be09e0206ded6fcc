import { parentPort, workerData } from 'node:worker_threads'
import { checkpoint, openConnection } from './connection.ts'

/** What the thread is started with. */
export interface CheckpointThreadData {
  file: string
}

export type CheckpointCommand = 'copy' | 'close'
/** Whether it could copy; a disk that is full, for one, may take it the next time. */
export type CheckpointReply = { ok: boolean }

/*
 * The entry of the thread that copies the log file into the database, so that no commit waits for it: it holds up neither
 * who writes nor who reads (https://sqlite.org/wal.html#ckpt).
 */
if (!parentPort) throw new Error('checkpoint-thread is started as a worker thread')
const port = parentPort
const { file } = workerData as CheckpointThreadData
const db = openConnection(file, 'writer')

port.on('message', (command: CheckpointCommand) => {
  if (command === 'close') {
    db.close()
    port.close()
  } else {
    port.postMessage({ ok: copy() } satisfies CheckpointReply)
  }
})

function copy(): boolean {
  try {
    checkpoint(db, 'PASSIVE')
    return true
  } catch {
    return false
  }
}
