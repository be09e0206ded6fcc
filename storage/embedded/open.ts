import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import { systemClock, type Clock } from '../../platform/clock.ts'
import { silentLog, type Log } from '../../platform/log.ts'
import type { Storage } from '../ports.ts'
import { createApiKeyStore } from './api-keys.ts'
import { openConnection } from './connection.ts'
import { createEventStore } from './events.ts'
import { createIdentityStore } from './identities.ts'
import { createInlineWriter } from './inline-writer.ts'
import { migrate } from './migrations.ts'
import { createProductStore } from './products.ts'
import { createProfileStore } from './profiles.ts'
import { createProgressStore } from './progress.ts'
import { createReader, type Reader } from './reader.ts'
import { watchWriter } from './readiness.ts'
import { createSealedPurchaseStore } from './sealed-purchases.ts'
import type { Database } from './sqlite.ts'
import { createThreadedWriter, startWriterThread } from './threaded-writer.ts'
import { createTrailStore } from './trails.ts'
import { WRITER_LIMITS, type Writer, type WriterLimits } from './writer.ts'

export interface EmbeddedStorageOptions {
  /** Made, for its owner alone, when it does not exist. Hold its lock (lock.ts) for as long as the store is open. */
  dir: string
  /** `thread` for a process that serves; `inline` for one that mostly writes, and in tests. */
  writer: 'thread' | 'inline'
  limits?: Partial<WriterLimits>
  log?: Log
  now?: Clock
}

/**
 * The store in one SQLite file, `<dir>/monogram.db`. Rejects with MonogramError (DATA_DIR_NEWER, STORAGE_UNAVAILABLE)
 * when the file cannot be used, and with StorageError when it takes no write.
 */
export async function openEmbeddedStorage(options: EmbeddedStorageOptions): Promise<Storage> {
  const { dir, log = silentLog(), now = systemClock } = options
  const file = join(dir, 'monogram.db')
  const limits = { ...WRITER_LIMITS, ...options.limits }
  const reader = await openReader(dir, file, now)
  let writer: Writer | null = null
  try {
    writer =
      options.writer === 'thread'
        ? createThreadedWriter({ worker: startWriterThread(file, limits), limits, log })
        : createInlineWriter(() => openConnection(file, 'writer'), limits)
    const storage = assemble(reader, writer)
    await storage.ready()
    return storage
  } catch (error) {
    await writer?.[Symbol.asyncDispose]()
    reader.close()
    throw error
  }
}

async function openReader(dir: string, file: string, clock: Clock): Promise<Reader> {
  let db: Database | null = null
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    db = openConnection(file, 'reader')
    migrate(db, { file, clock })
    return createReader(db)
  } catch (error) {
    db?.close()
    throw error instanceof MonogramError ? error : unusable(file, error)
  }
}

function unusable(file: string, cause: unknown): MonogramError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MonogramError(
    'STORAGE_UNAVAILABLE',
    `${file} cannot be opened (${reason}). Check the folder's owner, its free space, and that the file is Monogram's.`,
    { cause },
  )
}

function assemble(reader: Reader, own: Writer): Storage {
  const { writer, ready } = watchWriter(own)
  return {
    events: createEventStore(reader, writer),
    trails: createTrailStore(reader, writer),
    profiles: createProfileStore(reader, writer),
    identities: createIdentityStore(reader, writer),
    products: createProductStore(reader, writer),
    sealedPurchases: createSealedPurchaseStore(reader, writer),
    apiKeys: createApiKeyStore(reader, writer),
    progress: createProgressStore(reader, writer),
    ready,
    waitingWrites: () => writer.waiting,
    [Symbol.asyncDispose]: async () => {
      await writer[Symbol.asyncDispose]()
      reader.close()
    },
  }
}
