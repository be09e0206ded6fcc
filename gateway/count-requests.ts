import type { ExecutionResult } from 'graphql'
import type { Gateway } from './create-gateway.ts'

export interface CountedGateway {
  gateway: Gateway
  /** Resolves when no request is under way and no subscription open: at once, or later. */
  idle(): Promise<void>
}

/** Tells when a gateway is no longer used, so that what it stands on can be closed under nobody. */
export function countRequests(gateway: Gateway): CountedGateway {
  let underWay = 0
  let waiting: (() => void)[] = []

  return {
    gateway: {
      schema: gateway.schema,
      limits: gateway.limits,
      get cacheCounts() {
        return gateway.cacheCounts
      },
      plan: (...asked) => gateway.plan(...asked),
      keep: (document) => gateway.keep(document),
      execute: (request) => counted(gateway.execute(request)),
      executeToJson: (request) => counted(gateway.executeToJson(request)),
      async subscribe(request) {
        underWay++
        try {
          const source = await gateway.subscribe(request)
          if (!(Symbol.asyncIterator in source)) {
            leave()
            return source
          }
          return leavingAtEnd(source, leave)
        } catch (error) {
          leave()
          throw error
        }
      },
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    },
    idle: () => new Promise((resolve) => (underWay === 0 ? resolve() : waiting.push(resolve))),
  }

  async function counted<T>(answer: Promise<T>): Promise<T> {
    underWay++
    try {
      return await answer
    } finally {
      leave()
    }
  }

  function leave(): void {
    if (--underWay > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }
}

/** The same iterable, which says once that it has ended: by itself, by a failure, or because nobody wants it any more. */
function leavingAtEnd(
  source: AsyncIterable<ExecutionResult>,
  leave: () => void,
): AsyncIterableIterator<ExecutionResult> {
  const iterator = source[Symbol.asyncIterator]()
  let hasLeft = false
  const end = (): void => {
    if (!hasLeft) leave()
    hasLeft = true
  }
  return {
    async next() {
      try {
        const item = await iterator.next()
        if (item.done) end()
        return item
      } catch (error) {
        end()
        throw error
      }
    },
    async return() {
      end()
      return (await iterator.return?.()) ?? { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
