import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCannedAnswers } from './canned-answer.ts'

/** As a subgraph does when all is well, when it fails, and when it hangs. */
export type CannedManner = 'answers' | 'errors' | 'silence'

export interface CannedServer extends AsyncDisposable {
  readonly url: string
  manner: CannedManner
}

/** Stands for all subgraphs of a supergraph, on this machine's own address alone. */
export async function serveCannedAnswers(supergraphSdl: string): Promise<CannedServer> {
  const answerTo = createCannedAnswers(supergraphSdl)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => respond(request, response, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const served: CannedServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    manner: 'answers',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return served

  function respond(_request: IncomingMessage, response: ServerResponse, body: string): void {
    if (served.manner === 'silence') return
    const text = JSON.stringify(served.manner === 'answers' ? resultOf(body) : FAILED)
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }

  function resultOf(body: string): object {
    try {
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> }
      return { data: answerTo(query, variables) }
    } catch {
      return FAILED
    }
  }
}

const FAILED = { data: null, errors: [{ message: 'a rehearsed failure' }] }
