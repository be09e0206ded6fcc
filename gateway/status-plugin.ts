import type { ApolloServerPlugin } from '@apollo/server'
import type { ApolloContext } from './apollo-server.ts'

/**
 * GraphQL over HTTP wants 200 for a request that is refused as GraphQL (its text, its fields, its variables) when the
 * client accepts `application/json` and has not said that it knows `application/graphql-response+json`: an old client
 * takes any other status for a broken server and never reads the errors. Who cannot be answered as HTTP (no query at
 * all, no key, GET of a mutation) still gets the status that says so, as does a client that states no preference.
 */
export function createStatusPlugin(): ApolloServerPlugin<ApolloContext> {
  return {
    requestDidStart: async ({ request }) => ({
      willSendResponse: async ({ response }) => {
        const { body, http } = response
        if (http.status !== 400 || body.kind !== 'single') return
        if (!acceptsOnlyPlainJson(request.http?.headers.get('accept'))) return
        const code = body.singleResult.errors?.[0]?.extensions?.['code']
        if (body.singleResult.data === undefined && request.query && typeof code === 'string')
          http.status = 200
      },
    }),
  }
}

function acceptsOnlyPlainJson(accept: string | undefined): boolean {
  const types = new Set((accept ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase()))
  return types.has('application/json') && !types.has('application/graphql-response+json')
}
