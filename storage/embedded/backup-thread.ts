import { workerData } from 'node:worker_threads'
import { openConnection } from './connection.ts'

/** What the thread is started with. */
export interface BackupThreadData {
  file: string
  /** A file that does not exist. */
  into: string
}

/*
 * The entry of the thread that copies the database: one read transaction, so what it copies is the state of one
 * instant, while others go on to read and write. It ends with the copy; a failure is the thread's error.
 */
const { file, into } = workerData as BackupThreadData
const db = openConnection(file, 'reader')
try {
  db.prepare('VACUUM INTO ?').run(into)
} finally {
  db.close()
}
