import type { RequestListener } from 'node:http'

/** What answers POSTs instead of a route, without fastify's part of the cost: for doors that all load passes through. */
export interface DirectPosts {
  /** At one address, which may have no query. */
  at(path: string, listener: RequestListener): void
  /** At all addresses that begin so and have one more segment, as `/render/`. */
  under(prefix: string, listener: RequestListener): void
  find(url: string): RequestListener | undefined
  /** To be told of each answer by a listener that wants to be measured like a route. */
  answered: (answer: DirectAnswer) => void
}

export interface DirectAnswer {
  /** As a route is called: `/render/:documentId`. */
  route: string
  status: number
  elapsedMs: number
}

export function createDirectPosts(): DirectPosts {
  const exact = new Map<string, RequestListener>()
  const prefixes: { prefix: string; listener: RequestListener }[] = []

  return {
    at: (path, listener) => void exact.set(path, listener),
    under: (prefix, listener) => void prefixes.push({ prefix, listener }),
    find(url) {
      for (const { prefix, listener } of prefixes) {
        if (url.startsWith(prefix) && isOneSegment(url, prefix.length)) return listener
      }
      return exact.get(url)
    },
    answered: () => undefined,
  }
}

/** Not empty, and without a slash before the query. */
function isOneSegment(url: string, from: number): boolean {
  const query = url.indexOf('?', from)
  const end = query < 0 ? url.length : query
  const slash = url.indexOf('/', from)
  return end > from && (slash < 0 || slash > end)
}
