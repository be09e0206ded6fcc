import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** The address of a Unix socket has 108 bytes on Linux and 104 on macOS. */
const MAX_PATH_BYTES = 100

/**
 * Where the control socket of a data folder goes: `run/control.sock` in it, or, when that is too long for an address, in a
 * folder of this user below the system's temporary one. The folder is made, and is open to this user alone.
 */
export async function prepareControlSocketPath(dataDir: string): Promise<string> {
  const own = join(dataDir, 'run')
  const folder =
    Buffer.byteLength(join(own, 'control.sock')) <= MAX_PATH_BYTES ? own : temporaryFolder(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await requirePrivate(folder)
  return join(folder, 'control.sock')
}

function temporaryFolder(dataDir: string): string {
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  return join(tmpdir(), `monogram-${userInfo().uid}-${digest}`)
}

/** Somebody else may have made a folder of that name: a socket in it would be theirs to replace. */
async function requirePrivate(folder: string): Promise<void> {
  const { mode, uid } = await lstat(folder).then((found) => {
    if (!found.isDirectory()) throw new Error(`${folder} is not a folder; remove it`)
    return found
  })
  const ours = userInfo().uid
  if ((ours !== -1 && uid !== ours) || (mode & 0o077) !== 0) {
    throw new Error(`${folder} is open to other users; make it yours alone (chmod 700) or remove it`)
  }
}
