import { MonogramError } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Storage } from './ports.ts'

/**
 * Opens the store that the configuration names: a MongoDB database, or without a URL, or with `file:`, the embedded one
 * in `dataDir`, whose lock (embedded/lock.ts) the caller holds. Any other URL rejects with CONFIG_INVALID. Each adapter
 * is loaded when it is asked for.
 */
export async function openStorage(options: {
  dataDir: string
  url?: string | undefined
  log: Log
}): Promise<Storage> {
  const { dataDir, url, log } = options
  if (isShared(url)) {
    const { openMongodbStorage } = await import('./mongodb/open.ts')
    return openMongodbStorage({ url })
  }
  if (url !== undefined && url !== '' && url !== 'file:') throw unknownUrl(url)
  const { openEmbeddedStorage } = await import('./embedded/open.ts')
  return openEmbeddedStorage({ dir: dataDir, writer: 'thread', log })
}

/** Whether the store is one that any number of processes have open; else one process alone holds the data folder. */
export function isShared(url: string | null | undefined): url is string {
  return typeof url === 'string' && /^mongodb(\+srv)?:\/\//.test(url)
}

/** What answers at that URL, in a few words; changes nothing there. Rejects as opening does. */
export async function describeSharedStore(url: string): Promise<string> {
  const { describeDatabase } = await import('./mongodb/describe.ts')
  return describeDatabase(url)
}

function unknownUrl(url: string): MonogramError {
  // What follows the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0]
  const given = scheme === undefined ? 'something that is no URL' : `"${scheme}…"`
  const hint =
    scheme?.toLowerCase() === 'file:'
      ? '; the folder is given by MONOGRAM_DATA_DIR, so write file: alone'
      : ''
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected mongodb://…, file: or nothing, got ${given}${hint}`,
  )
}
