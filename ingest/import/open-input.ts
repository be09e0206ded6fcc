import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { unreadable } from './unreadable.ts'

export interface Input extends AsyncDisposable {
  /** The bytes, unpacked. */
  stream: Readable
  /** Bytes of the file as it lies on the disk. */
  totalBytes: number
  /** It is gzip. */
  packed: boolean
  readonly bytesRead: number
}

const CHUNK_BYTES = 65_536

/** Opens a file, unpacking it when it begins as gzip does, whatever its name. IMPORT_FILE_UNREADABLE. */
export async function openInput(path: string): Promise<Input> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const gzipped = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
    const raw = file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES })
    // An error reaches whoever reads the end of the pipeline; here it needs no second listener.
    const stream = gzipped ? pipeline(raw, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined) : raw
    return {
      stream,
      totalBytes: size,
      packed: gzipped,
      get bytesRead() {
        return raw.bytesRead
      },
      async [Symbol.asyncDispose]() {
        stream.destroy()
        raw.destroy()
        await file.close()
      },
    }
  } catch (error) {
    await file.close()
    throw unreadable(path, error)
  }
}
