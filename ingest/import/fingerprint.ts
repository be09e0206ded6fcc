import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { unreadable } from './unreadable.ts'

/** SHA-256 of a file's bytes, base64url: an interrupted import goes on only with the very same file. */
export async function fingerprintFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  try {
    const stream = createReadStream(path, { highWaterMark: 1_048_576, ...(signal && { signal }) })
    for await (const chunk of stream) hash.update(chunk as Buffer)
  } catch (error) {
    throw unreadable(path, error)
  }
  return hash.digest('base64url')
}
