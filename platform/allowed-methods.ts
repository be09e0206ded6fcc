import type { FastifyInstance } from 'fastify'

/**
 * Remembers the routes of a server from now on, and tells which methods an address answers to: none means there is
 * nothing at all. fastify itself only knows whether a method and an address go together.
 */
export function trackMethods(server: FastifyInstance): (path: string) => string[] {
  const routes: { segments: readonly string[]; methods: readonly string[] }[] = []
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ segments: segmentsOf(url), methods: [method].flat() })
  })
  return (path) => {
    const segments = segmentsOf(path)
    const methods = routes
      .filter((route) => matches(route.segments, segments))
      .flatMap((route) => route.methods)
    return [...new Set(methods)].sort()
  }
}

function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/')
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpenEnded = pattern.at(-1) === '*'
  if (isOpenEnded ? path.length < pattern.length : path.length !== pattern.length) return false
  return pattern.every((part, index) => part === '*' || part.startsWith(':') || part === path[index])
}
