import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import fastify from 'fastify'
import pino from 'pino'
import { createGateway } from '../../../gateway/create-gateway.ts'
import { graphqlRoutes } from '../../../gateway/server.ts'
import type { SubgraphClient } from '../../../gateway/subgraph-client.ts'
import { createHttpSubgraph } from '../../../gateway/transports/http-subgraph.ts'

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
  if (name !== undefined && url !== undefined) subgraphs[name] = createHttpSubgraph({ name, url })
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
