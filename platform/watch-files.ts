import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface WatchOptions {
  /** Files, and folders with the files in them. One that is not there yet may come. */
  paths: readonly string[]
  onChange: () => void
  intervalMs?: number
}

/**
 * Looks at files again and again and tells when something about them has changed. Not by the system's notices: those
 * miss files that are replaced behind a link, as container platforms do it, and those on network disks.
 */
export async function watchFiles({ paths, onChange, intervalMs = 500 }: WatchOptions): Promise<Disposable> {
  let known = await fingerprint(paths)
  let isClosed = false
  let timer = setTimeout(() => void look(), intervalMs).unref()

  return {
    [Symbol.dispose]() {
      isClosed = true
      clearTimeout(timer)
    },
  }

  async function look(): Promise<void> {
    const found = await fingerprint(paths)
    if (isClosed) return
    timer = setTimeout(() => void look(), intervalMs).unref()
    if (found === known) return
    known = found
    onChange()
  }
}

async function fingerprint(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(paths.map(markOf))
  return marks.join('\n')
}

/** Never rejects: what cannot be looked at is as good as absent. */
async function markOf(path: string): Promise<string> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return `${path} ${found.mtimeMs} ${found.size} ${found.ino}`
    const files = await readdir(path)
    return await fingerprint(files.sort().map((file) => join(path, file)))
  } catch {
    return `${path} absent`
  }
}
