import type { Writer } from './writer.ts'

/** As much as one request may bring: a disk that takes a row or two need not take that. */
const WHOLE_REQUEST_BYTES = 512 * 1024

/** The same writer, and whether it can write, by trying. */
export interface WatchedWriter {
  writer: Writer
  /** Rejects with StorageError when it cannot. Once a write has failed, it can again when it takes one as large as any. */
  readonly ready: () => Promise<void>
}

export function watchWriter(own: Writer): WatchedWriter {
  let probing: Promise<void> | null = null
  let hasFailed = false
  const writer: Writer = {
    run: (name, argument) =>
      own.run(name, argument).catch((error: unknown) => {
        hasFailed = true
        throw error
      }),
    get waiting() {
      return own.waiting
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  }
  return {
    writer,
    // One probe serves all who ask while it is under way: health checks cannot become a load of fsyncs.
    ready: () => (probing ??= probe().finally(() => (probing = null))),
  }

  async function probe(): Promise<void> {
    if (hasFailed) {
      await writer.run('probe', WHOLE_REQUEST_BYTES)
      hasFailed = false
    }
    await writer.run('probe', 0)
  }
}
