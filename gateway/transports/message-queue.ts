/** What came from a source that cannot be slowed down, for a reader that takes one at a time. */
export interface MessageQueue<T> extends AsyncIterableIterator<T> {
  /** False when it is full or has ended; then the message is lost and the source should stop. */
  push(message: T): boolean
  /** The reader still gets what is queued, then the end or this error. */
  end(error?: Error): void
  return(): Promise<IteratorResult<T>>
}

/** @param onReturn called once when the reader leaves */
export function createMessageQueue<T>(maxMessages: number, onReturn: () => void): MessageQueue<T> {
  const messages: T[] = []
  const readers: Reader<T>[] = []
  let hasEnded = false
  let failure: Error | undefined

  function finish(error: Error | undefined): void {
    if (hasEnded) return
    hasEnded = true
    failure = error
    for (const reader of readers.splice(0)) giveEnd(reader)
  }

  /** The error only once. */
  function giveEnd({ resolve, reject }: Reader<T>): void {
    const error = failure
    failure = undefined
    if (error) reject(error)
    else resolve({ done: true, value: undefined })
  }

  return {
    push(message) {
      if (hasEnded || messages.length >= maxMessages) return false
      const reader = readers.shift()
      if (reader) reader.resolve({ done: false, value: message })
      else messages.push(message)
      return true
    },
    end: finish,
    next() {
      const message = messages.shift()
      if (message !== undefined) return Promise.resolve({ done: false, value: message })
      return new Promise((resolve, reject) => {
        const reader = { resolve, reject }
        if (hasEnded) giveEnd(reader)
        else readers.push(reader)
      })
    },
    async return() {
      const isFirst = !hasEnded
      messages.length = 0
      finish(undefined)
      if (isFirst) onReturn()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

interface Reader<T> {
  resolve: (result: IteratorResult<T>) => void
  reject: (error: Error) => void
}
