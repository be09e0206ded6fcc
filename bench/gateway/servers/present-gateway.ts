import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ExecutionResult } from 'graphql'
import fastify from 'fastify'
import pino from 'pino'
import { Pool } from 'undici'
import { createGateway } from '../../../gateway/create-gateway.ts'
import { graphqlRoutes } from '../../../gateway/server.ts'
import type { SubgraphClient } from '../../../gateway/subgraph-client.ts'

/** The gateway over HTTP subgraphs, for this bench until `monogram gateway` is there to be started instead. */
const { values } = parseArgs({
  options: {
    supergraph: { type: 'string', default: '' },
    port: { type: 'string', default: '4000' },
    documents: { type: 'string' },
    open: { type: 'boolean' },
  },
})
const supergraphSdl = readFileSync(values.supergraph, 'utf8')
const subgraphs: Record<string, SubgraphClient> = {}
for (const [, name, url] of supergraphSdl.matchAll(/@join__graph\(name: "(\w+)", url: "([^"]+)"\)/g)) {
  subgraphs[name ?? ''] = overHttp(url ?? '')
}
const gateway = createGateway({ supergraphSdl, subgraphs })
const app = fastify()
await app.register(
  graphqlRoutes({
    gateway,
    log: pino({ level: 'error' }, pino.destination(2)),
    authenticate: () => Promise.resolve({ kind: 'api-key', id: 'bench', name: 'bench', scopes: ['read'] }),
  }),
)
await app.listen({ port: Number(values.port), host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit(0))

function overHttp(url: string): SubgraphClient {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: 64 })
  const headers = { 'content-type': 'application/json' }
  return {
    async execute({ document, operationName, variables }) {
      const body = JSON.stringify({ query: document, operationName, variables })
      const answer = await pool.request({ path: pathname, method: 'POST', headers, body })
      return (await answer.body.json()) as ExecutionResult
    },
    subscribe: () => Promise.reject(new Error('the bench has no subscriptions')),
  }
}
