/**
 * An iterable of what `map` makes of each item, in order, one at a time. Not an async generator: those queue a
 * `return()` behind the `next()` that is waiting, so a subscription that nothing happens on could never be ended.
 */
export function mapAsyncIterable<T, U>(
  source: AsyncIterable<T>,
  map: (item: T) => Promise<U>,
): AsyncIterableIterator<U> & { return(): Promise<IteratorResult<U>> } {
  const iterator = source[Symbol.asyncIterator]()
  let ended = false
  let end: () => void = () => undefined
  const atEnd = new Promise<IteratorResult<U>>((resolve) => {
    end = () => {
      ended = true
      resolve({ done: true, value: undefined })
    }
  })

  return {
    next: () => (ended ? atEnd : Promise.race([nextMapped(), atEnd])),
    async return() {
      const first = !ended
      end()
      if (first) await iterator.return?.()
      return atEnd
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }

  async function nextMapped(): Promise<IteratorResult<U>> {
    try {
      const item = await iterator.next()
      if (!item.done) return { done: false, value: await map(item.value) }
      end()
      return await atEnd
    } catch (error) {
      if (ended) return atEnd
      end()
      await iterator.return?.()
      throw error
    }
  }
}
