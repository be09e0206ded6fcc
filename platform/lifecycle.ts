import type { Log } from './log.ts'

export interface LifecycleOptions {
  log: Log
  /** What tells of signals: `process`. */
  signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>
  /** For all of the closing together; what is not closed by then is named in the log and left. */
  closeTimeoutMs?: number
}

export interface Lifecycle extends AsyncDisposable {
  /** Closes it when the program stops, after all that was added later. Returns it. */
  add<T extends Disposable | AsyncDisposable>(name: string, resource: T): T
  /**
   * Resolves with the reason when a stop has been asked for: SIGINT, SIGTERM, or a call of `stop`. A second signal ends the
   * process at once, as a signal does that nobody listens to.
   */
  readonly stopRequested: Promise<string>
  stop(reason: string): void
  /** Closes everything once, the last added first, each though another failed. Every call gets the same promise. */
  close(): Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export function createLifecycle({ log, signals, closeTimeoutMs = 10_000 }: LifecycleOptions): Lifecycle {
  const resources: { name: string; resource: Disposable | AsyncDisposable }[] = []
  let closing: Promise<void> | null = null
  let stop: (reason: string) => void = () => undefined
  const stopRequested = new Promise<string>((resolve) => (stop = resolve))
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener: () => {
      stopListening()
      stop(signal)
    },
  }))
  function stopListening(): void {
    for (const { signal, listener } of listeners) signals.off(signal, listener)
  }
  for (const { signal, listener } of listeners) signals.on(signal, listener)

  return {
    add(name, resource) {
      if (closing) throw new Error(`${name} was opened while the program closes`)
      resources.push({ name, resource })
      return resource
    },
    stopRequested,
    stop,
    close,
    [Symbol.asyncDispose]: close,
  }

  function close(): Promise<void> {
    closing ??= closeWithin(closeTimeoutMs)
    return closing
  }

  async function closeWithin(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, timeoutMs, 'late')))
    const outcome = await Promise.race([closeAll(), timeout])
    clearTimeout(timer)
    if (outcome === 'late') {
      const open = resources.map(({ name }) => name)
      log.error({ open, closeTimeoutMs }, 'not everything closed in time')
    }
    stopListening()
  }

  async function closeAll(): Promise<void> {
    for (let last = resources.at(-1); last; last = resources.at(-1)) {
      try {
        if (Symbol.asyncDispose in last.resource) await last.resource[Symbol.asyncDispose]()
        else last.resource[Symbol.dispose]()
      } catch (error) {
        log.error({ err: error, resource: last.name }, 'closing failed')
      }
      resources.pop()
    }
  }
}
