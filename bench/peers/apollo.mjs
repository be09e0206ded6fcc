import { readFileSync } from 'node:fs'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify'
import Fastify from 'fastify'

/** Apollo Gateway behind Apollo Server on fastify, which is its quickest front. Arguments: port, supergraph file. */
const [port, supergraphFile] = process.argv.slice(2)
const app = Fastify()
const server = new ApolloServer({
  gateway: new ApolloGateway({ supergraphSdl: readFileSync(supergraphFile, 'utf8') }),
  plugins: [fastifyApolloDrainPlugin(app)],
  stopOnTerminationSignals: false,
})
await server.start()
app.route({ url: '/graphql', method: ['GET', 'POST', 'OPTIONS'], handler: fastifyApolloHandler(server) })
await app.listen({ port: Number(port), host: '127.0.0.1' })
