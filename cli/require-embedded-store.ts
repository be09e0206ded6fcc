import { MonogramError } from '../core/errors.ts'
import type { Config } from '../platform/config/config.ts'
import { isShared } from '../storage/open-storage.ts'

/** A database is copied by its own tools: they know its replicas and shards, and a moment that is whole. */
export function requireEmbeddedStore(config: Config, command: string): void {
  if (!isShared(config.storageUrl)) return
  throw new MonogramError(
    'USAGE',
    `monogram ${command} copies the data folder, and MONOGRAM_STORAGE_URL names a database: use its own tools, ` +
      'mongodump and mongorestore or the snapshots of whoever runs it',
  )
}
