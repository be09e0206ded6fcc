import { readFileSync } from 'node:fs'
import mercurius from '@mercuriusjs/gateway'
import Fastify from 'fastify'

/**
 * Mercurius gateway. It knows version 1 of federation only, so it is given the subgraphs' schemas in that form instead
 * of asking them. Arguments: port, the subgraphs' addresses as JSON.
 */
const [port, addresses] = process.argv.slice(2)
const app = Fastify()
await app.register(mercurius, {
  jit: 1,
  gateway: {
    services: Object.entries(JSON.parse(addresses)).map(([name, url]) => ({
      name,
      url,
      schema: readFileSync(new URL(`federation-1/${name}.graphql`, import.meta.url), 'utf8'),
    })),
  },
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
