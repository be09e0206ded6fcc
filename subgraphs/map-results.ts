import type { ExecutionResult } from 'graphql'

/**
 * The results of the items of a source, one by one. A source that fails ends with a result that says so, rather
 * than with an exception that its readers would each have to tell from a bug of their own.
 */
export function mapResults<T>(
  source: AsyncIterable<T>,
  toResult: (item: T) => Promise<ExecutionResult>,
  toFailure: (error: unknown) => ExecutionResult,
): AsyncIterableIterator<ExecutionResult> {
  const items = source[Symbol.asyncIterator]()
  let ended = false
  return {
    async next() {
      if (ended) return { done: true, value: undefined }
      try {
        const item = await items.next()
        if (item.done) return { done: true, value: undefined }
        return { done: false, value: await toResult(item.value) }
      } catch (error) {
        ended = true
        await items.return?.()
        return { done: false, value: toFailure(error) }
      }
    },
    async return() {
      ended = true
      await items.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
