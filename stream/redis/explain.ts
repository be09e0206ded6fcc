/** That it is there, and refuses the user, the password or the number of the database: trying again does not help. */
export function isRefusal(message: string): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password|ERR DB index)/.test(message)
}

/** Why the client cannot be used, as its `error` event tells it; that of a cluster says it only of the node asked last. */
export function reasonOf(error: Error & { lastNodeError?: Error | null }): string {
  return (error.lastNodeError ?? error).message
}

/** What a failure of Redis means, in words that help; never what was sent. */
export function explain(error: unknown, partitions: number): Error {
  const message = error instanceof Error ? error.message : 'Redis did not answer'
  const held = /^PARTITIONS (\d+)/.exec(message)?.[1]
  if (held !== undefined) {
    return new Error(
      `the change feed in Redis has ${held} partitions, this process believes in ${partitions}: ` +
        `give MONOGRAM_FEED_PARTITIONS the same value everywhere, or empty that database of Redis`,
    )
  }
  return new Error(`Redis: ${message.split('\n')[0]}`)
}
