import { MonogramError } from '../core/errors.ts'

/** What the file system answers when a folder is not one that this user may write into. */
const REFUSALS: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'])

/** Does something in the data folder; CONFIG_INVALID when that folder cannot be had. */
export async function inDataFolder<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!REFUSALS.has(code)) throw error
    throw new MonogramError(
      'CONFIG_INVALID',
      `MONOGRAM_DATA_DIR: expected a folder that this user may make and write into, got ${dir} (${code ?? ''})`,
      { cause: error },
    )
  }
}
