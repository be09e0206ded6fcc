import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestContext } from '../../../core/access/request-context.ts'

/** A real server on a free port, for tests of what is sent over the network. */
export interface TestServer extends AsyncDisposable {
  url: string
  server: Server
  /** Connections that were accepted so far. */
  readonly connections: number
}

/** Answers a request, now or later. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => unknown

export async function serve(listener: Answering, port = 0): Promise<TestServer> {
  let connections = 0
  const server = createServer((request, response) => void listener(request, response))
  server.on('connection', () => connections++)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    server,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export async function bodyOfRequest(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text) as Record<string, unknown>
}

export function testContext(more: Partial<RequestContext> = {}): RequestContext {
  const principal = { kind: 'api-key', id: 'k1', name: 'Shop', scopes: ['read'] } as const
  return { requestId: 'r1', principal, ...more }
}

export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}
