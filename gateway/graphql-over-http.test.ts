import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import { silentLog } from '../platform/log.ts'
import { createShopGraph } from '../tests/support/shop-graph.ts'
import { graphqlRoutes } from './server.ts'

/** The audits of the GraphQL over HTTP specification, as its working group's own package has them. */
describe('GraphQL over HTTP', () => {
  const log = silentLog()
  const server = createHttpServer({ log })
  let address = ''
  beforeAll(async () => {
    const { gateway } = createShopGraph()
    const authenticate = async () => ({ kind: 'api-key', id: 'r', name: 'reader', scopes: ['read'] }) as const
    await server.register(graphqlRoutes({ gateway, authenticate, log }))
    address = `${(await listen(server, { host: '127.0.0.1', port: 0 })).url}/graphql`
  })
  afterAll(() => server.close())

  const audits = serverAudits({
    url: () => address,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      headers.set('apollo-require-preflight', '1')
      return fetch(url, { ...init, headers })
    },
  })

  test('has 61 audits', () => {
    expect(audits).toHaveLength(61)
  })

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s %s',
    async (_id, _name, audit) => {
      expect(await audit.fn()).toMatchObject({ status: 'ok' })
    },
  )
})
