import { expect, test } from 'vitest'
import { contextFor } from '../../tests/support/shop-graph.ts'
import { accessRulesOf } from './access-rules.ts'
import { composeGraph } from '../../tests/support/compose-graph.ts'

const parts = {
  accounts: {
    sdl: `type Query { account: Account! node: Node secret: Secret }
      interface Node { id: ID! note: String }
      type Account implements Node @key(fields: "id") {
        id: ID!
        note: String @requiresScopes(scopes: [["ingest", "read"], ["admin"]])
        strict: String! @requiresScopes(scopes: [["admin"]])
        own: String @authenticated
      }
      type Secret @requiresScopes(scopes: [["admin"]]) { word: String }`,
    resolvers: {
      Query: {
        account: () => ({ id: '1', note: 'n', strict: 's', own: 'o' }),
        node: () => ({ __typename: 'Account', id: '1', note: 'n' }),
        secret: () => ({ word: 'w' }),
      },
    },
  },
  orders: {
    sdl: `type Account @key(fields: "id") { id: ID! total: Int @requiresScopes(scopes: [["ingest"]]) }`,
    entities: ['Account'],
    resolvers: { Account: { __resolveReference: () => ({ id: '1', total: 5 }) } },
  },
}

test('a field without its scope is null with FORBIDDEN at its path, and its subgraph is not asked for it', async () => {
  const { gateway, subgraphs } = composeGraph(parts)
  const document = '{ account { id note t: total own } secret { word } }'
  const { data, errors } = await gateway.execute({ document, context: contextFor(['read']) })
  expect(plain(data)).toEqual({ account: { id: '1', note: null, t: null, own: 'o' }, secret: null })
  expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions['code']])).toEqual([
    ['account.note', 'FORBIDDEN'],
    ['account.t', 'FORBIDDEN'],
    ['secret', 'FORBIDDEN'],
  ])
  expect(subgraphs['orders']?.requests).toEqual([])
  expect(JSON.stringify(subgraphs['accounts']?.requests.map(({ document }) => document))).not.toMatch(
    /note|secret/,
  )
})

test('the same document with more scopes gives more', async () => {
  const { gateway } = composeGraph(parts)
  const document = '{ account { note total } }'
  await gateway.execute({ document, context: contextFor(['read']) })
  const { data } = await gateway.execute({ document, context: contextFor(['read', 'ingest']) })
  expect(plain(data)).toEqual({ account: { note: 'n', total: 5 } })
})

test('what may not be read on a type may not be read through its interface', async () => {
  const { gateway } = composeGraph(parts)
  const document = '{ node { id note } }'
  const { data, errors } = await gateway.execute({ document, context: contextFor(['read']) })
  expect(plain(data)).toEqual({ node: { id: '1', note: null } })
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN'])
})

test('a denied field that may not be null takes its parent along', async () => {
  const { gateway } = composeGraph(parts)
  const { data, errors } = await gateway.execute({
    document: '{ account { id strict } }',
    context: contextFor(['read']),
  })
  expect(data).toBeNull()
  expect(errors).toMatchObject([{ path: ['account', 'strict'], extensions: { code: 'FORBIDDEN' } }])
})

test('who has not signed in is told so, also where a scope would be needed', () => {
  const { gateway, supergraphSdl } = composeGraph(parts)
  const rules = accessRulesOf(supergraphSdl, gateway.schema)
  const account = gateway.schema.getType('Account') as never
  const nobody = { isAuthenticated: false, scopes: [] }
  expect(rules.deniedCode(account, 'own', nobody)).toBe('UNAUTHENTICATED')
  expect(rules.deniedCode(account, 'note', nobody)).toBe('UNAUTHENTICATED')
  expect(rules.deniedCode(account, 'id', nobody)).toBeUndefined()
})

test('who is let in without being known is shown nothing that asks who it is, whatever its scopes', async () => {
  const { gateway } = composeGraph(parts)
  const principal = {
    kind: 'anonymous',
    id: 'anonymous',
    name: 'anybody',
    scopes: ['read', 'admin'],
  } as const
  const { data, errors } = await gateway.execute({
    document: '{ account { id note own } }',
    context: { requestId: 'test', principal },
  })
  expect(plain(data)).toEqual({ account: { id: '1', note: null, own: null } })
  expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions['code']])).toEqual([
    ['account.note', 'UNAUTHENTICATED'],
    ['account.own', 'UNAUTHENTICATED'],
  ])
})

test('the directives are known under the names that a link gives them', () => {
  const { gateway, supergraphSdl } = composeGraph(parts)
  const renamed = supergraphSdl
    .replace('authenticated/v0.1", for', 'authenticated/v0.1", as: "signedIn", for')
    .replaceAll('@authenticated', '@signedIn')
  const rules = accessRulesOf(renamed, gateway.schema)
  const account = gateway.schema.getType('Account') as never
  expect(rules.deniedCode(account, 'own', { isAuthenticated: false, scopes: [] })).toBe('UNAUTHENTICATED')
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
