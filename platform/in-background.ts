/** Begins `run`, which must not reject. Disposing aborts its signal and resolves when it has ended. */
export function inBackground(run: (stop: AbortSignal) => Promise<void>): AsyncDisposable {
  const stopping = new AbortController()
  const running = run(stopping.signal)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
