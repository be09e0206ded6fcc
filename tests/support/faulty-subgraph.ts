import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from 'graphql'
import { contextFor } from './shop-graph.ts'
import type { TestSubgraph } from './subgraph-of-sdl.ts'

/** How a subgraph behaves: `silent` takes requests and never answers, `dead` cuts the connection. */
export type Fault = 'none' | 'silent' | 'dead' | 'garbage' | 'not-json' | 'huge' | 'hostile' | 'no-data'

export interface FaultySubgraph extends AsyncDisposable {
  url: string
  fault: Fault
  /** HTTP requests so far. */
  calls: number
}

/** A subgraph over HTTP that can be made to fail, and to recover. */
export async function serveFaultySubgraph(subgraph: TestSubgraph): Promise<FaultySubgraph> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const served: FaultySubgraph = {
    url: `http://127.0.0.1:${port}/graphql`,
    fault: 'none',
    calls: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return served

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    served.calls++
    const body = await bodyOf(request)
    switch (served.fault) {
      case 'silent':
        return
      case 'dead':
        request.socket.destroy()
        return
      case 'not-json':
        return send(response, '<html>502 Bad Gateway</html>')
      case 'garbage':
        return send(response, '{"data":{"person":7,"_entities":["x",{"y":[]}],"people":{}}}')
      case 'huge':
        return send(response, `{"data":"${'x'.repeat(20 * 1024 * 1024)}"}`)
      case 'hostile':
        return send(
          response,
          '{"data":{"__proto__":{"polluted":1},"person":{"__proto__":{"polluted":1},"name":"x"}}}',
        )
      case 'no-data':
        return send(response, '{"errors":[{"message":"no"}]}')
      case 'none':
        return send(response, JSON.stringify(await run(body)))
    }
  }

  async function run(body: string): Promise<ExecutionResult> {
    const { query, operationName, variables } = JSON.parse(body) as {
      query: string
      operationName?: string
      variables?: Record<string, unknown>
    }
    return subgraph.execute({
      document: query,
      variables: variables ?? {},
      ...(operationName ? { operationName } : {}),
      context: contextFor(),
    })
  }
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
