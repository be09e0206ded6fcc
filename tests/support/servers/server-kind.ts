/** A server that tests need and cannot bring along: given by a URL, or started by its programs. */
export interface ServerKind {
  /** As the output calls it. */
  name: string
  /** The variable that names one which runs already: then none is started, and none is ended. */
  urlVariable: string
  /** Why it cannot be started here; null when it can. */
  missing(): string | null
  /** Starts one on a free port of 127.0.0.1, empty. Disposing ends it. */
  start(): Promise<RunningServer>
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string
}

/** The server that its variable names, or one that is started now. */
export async function openServer(kind: ServerKind): Promise<RunningServer> {
  const url = process.env[kind.urlVariable]
  if (url) return { url, [Symbol.asyncDispose]: () => Promise.resolve() }
  return kind.start()
}

/** Why tests of this kind must be left out; null when they can run. */
export function reasonToLeaveOut(kind: ServerKind): string | null {
  if (process.env[kind.urlVariable]) return null
  const missing = kind.missing()
  return missing === null ? null : `no ${kind.name}: ${missing}, and ${kind.urlVariable} is not set`
}
