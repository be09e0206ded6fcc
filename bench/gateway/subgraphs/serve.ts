import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Subgraph } from '../../../subgraphs/create-subgraph.ts'
import { createSubgraphs } from './create-subgraphs.ts'
import { answerWrongly, FAULTS, type Fault } from './faults.ts'

/**
 * A process of its own: the four subgraphs, each at a port, over bare HTTP. Prints one line of JSON, name to address,
 * when all listen. `GET` at any of the ports answers how many calls of GraphQL came in at it so far; `PUT` with the name of a
 * fault makes it behave so from then on.
 */
const addresses: Record<string, string> = {}
for (const subgraph of createSubgraphs()) {
  const server = serve(subgraph)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  addresses[subgraph.name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
}
console.log(JSON.stringify(addresses))

interface GraphqlBody {
  query: string
  operationName?: string
  variables?: Record<string, unknown>
}

function serve(subgraph: Subgraph): Server {
  let calls = 0
  let fault: Fault = 'none'
  const server = createServer((request, response) => {
    if (request.method === 'GET') return sendJson(response, { calls })
    if (request.method === 'POST') calls++
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      if (request.method !== 'PUT') return void answer(subgraph, fault, body, request, response)
      fault = FAULTS.find((name) => name === body) ?? fault
      return sendJson(response, { fault })
    })
  })
  // Longer than any pause of the bench, so that no gateway meets a connection that was just closed.
  server.keepAliveTimeout = 600_000
  return server
}

async function answer(
  subgraph: Subgraph,
  fault: Fault,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { query, operationName, variables } = JSON.parse(body) as GraphqlBody
  const result = await subgraph.execute({
    document: query,
    ...(operationName ? { operationName } : {}),
    ...(variables ? { variables } : {}),
    context: { requestId: String(request.headers['x-request-id']), principal: GATEWAY },
  })
  if (fault === 'none') sendJson(response, result)
  else answerWrongly(fault, response, JSON.stringify(result))
}

const GATEWAY = { kind: 'api-key', id: 'bench', name: 'bench', scopes: ['read'] } as const

function sendJson(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
