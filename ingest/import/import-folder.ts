import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

/** Tells this process from every other, also from one that had the same id, as every container's has. */
const PROCESS = `${process.pid}-${Math.trunc(performance.timeOrigin)}`

/**
 * A new folder name below `workDir` for one import, after removing what imports of dead processes left there. Only
 * the process that holds the data folder may call this: whatever is not its own is dead.
 */
export async function newImportFolder(workDir: string): Promise<string> {
  for (const name of await list(workDir)) {
    if (!name.startsWith(`${PROCESS}-`)) await rm(join(workDir, name), { recursive: true, force: true })
  }
  return join(workDir, `${PROCESS}-${randomBytes(4).toString('hex')}`)
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
