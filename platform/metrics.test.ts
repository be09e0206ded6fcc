import { expect, test } from 'vitest'
import type { Principal } from '../core/access/principal.ts'
import { createHttpServer } from './http.ts'
import { silentLog } from './log.ts'
import { createMetrics, measureRequests, metricsRoutes } from './metrics.ts'

const reader: Principal = { kind: 'api-key', id: 'k', name: 'k', scopes: ['read'] }

test('metrics count requests by route, for those with a key', async () => {
  const app = createHttpServer({ log: silentLog() })
  const registry = createMetrics()
  measureRequests(app, registry)
  await app.register(
    metricsRoutes({ registry, authenticate: async ({ apiKey }) => (apiKey === 'good' ? reader : null) }),
  )
  app.get('/things/:id', async () => ({}))
  await app.inject({ url: '/things/1' })
  await app.inject({ url: '/things/2' })
  expect((await app.inject({ url: '/metrics' })).statusCode).toBe(401)
  const response = await app.inject({ url: '/metrics', headers: { 'x-api-key': 'good' } })
  expect(response.headers['content-type']).toContain('text/plain')
  expect(response.body).toContain(
    'monogram_http_request_duration_seconds_count{method="GET",route="/things/:id",status="200"} 2',
  )
  expect(response.body).toContain('process_resident_memory_bytes')
})
