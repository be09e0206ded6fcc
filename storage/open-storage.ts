import { MonogramError } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import { openEmbeddedStorage } from './embedded/open.ts'
import type { Storage } from './ports.ts'

/**
 * Opens the store that the configuration names: without a URL, or with `file:`, the embedded one in `dataDir`, whose
 * lock (embedded/lock.ts) the caller holds. Any other URL rejects with CONFIG_INVALID.
 */
export async function openStorage(options: {
  dataDir: string
  url?: string | undefined
  log: Log
}): Promise<Storage> {
  const { dataDir, url, log } = options
  if (url !== undefined && url !== '' && url !== 'file:') throw unknownUrl(url)
  return openEmbeddedStorage({ dir: dataDir, writer: 'thread', log })
}

function unknownUrl(url: string): MonogramError {
  // What follows the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0]
  const given = scheme === undefined ? 'something that is no URL' : `"${scheme}…"`
  const hint =
    scheme?.toLowerCase() === 'file:'
      ? 'the folder is given by MONOGRAM_DATA_DIR, so write file: alone'
      : 'mongodb:// comes with the distributed mode'
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected file: or nothing, got ${given}; ${hint}`,
  )
}
