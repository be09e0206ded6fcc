import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Authenticate } from '../core/access/authenticate.ts'
import { requireScope } from '../core/access/require-scope.ts'
import { credentialsOf } from './credentials.ts'

/** The process's metrics: a registry of its own, so that two servers in one process do not meet in a global one. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** `GET /metrics` in Prometheus's text format, for keys with the scope `read`. */
export function metricsRoutes({
  registry,
  authenticate,
}: {
  registry: Registry
  authenticate: Authenticate
}): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', async (request, reply) => {
      requireScope(await authenticate(credentialsOf(request.headers)), 'read')
      return reply
        .header('content-type', registry.contentType)
        .header('cache-control', 'no-store')
        .send(await registry.metrics())
    })
  }
}

/** Measures every request of the server from now on, by its route and not its address, of which there is no end. */
export function measureRequests(server: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'monogram_http_request_duration_seconds',
    help: 'Time from the request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  server.directPosts.answered = ({ route, status, elapsedMs }) => {
    durations.labels('POST', route, String(status)).observe(elapsedMs / 1000)
  }
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    durations.labels(request.method, route, String(reply.statusCode)).observe(reply.elapsedTime / 1000)
    done()
  })
}
