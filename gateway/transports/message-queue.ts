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
  const readers: { resolve(result: IteratorResult<T>): void; reject(error: Error): void }[] = []
  let ended = false
  let failure: Error | undefined

  function finish(error: Error | undefined): void {
    if (ended) return
    ended = true
    failure = error
    for (const reader of readers.splice(0)) void next().then(reader.resolve, reader.reject)
  }

  async function next(): Promise<IteratorResult<T>> {
    const message = messages.shift()
    if (message !== undefined) return { done: false, value: message }
    if (!ended) return new Promise((resolve, reject) => readers.push({ resolve, reject }))
    const error = failure
    failure = undefined
    if (error) throw error
    return { done: true, value: undefined }
  }

  return {
    push(message) {
      if (ended || messages.length >= maxMessages) return false
      const reader = readers.shift()
      if (reader) reader.resolve({ done: false, value: message })
      else messages.push(message)
      return true
    },
    end: finish,
    next,
    async return() {
      const isFirst = !ended
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
