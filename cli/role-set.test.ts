import { expect, test } from 'vitest'
import { parseConfig } from '../platform/config/parse-config.ts'
import { checkDistributed, roleSetOf } from './role-set.ts'

const complete = {
  MONOGRAM_STORAGE_URL: 'mongodb://db/monogram',
  MONOGRAM_REDIS_URL: 'redis://redis',
  MONOGRAM_SECRET: 'a secret of some length',
  MONOGRAM_SUBGRAPH_URLS:
    'profiles=http://a events=http://b products=http://c,http://d recommendations=http://e',
}

function mistakes(env: Record<string, string>): string[] {
  const { config } = parseConfig(env)
  try {
    checkDistributed(config, roleSetOf(config.roles))
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    return (error as Error).message.split('\n')
  }
}

test('everything in one process on its own store needs nothing', () => {
  expect(mistakes({})).toEqual([])
})

test.each(['gateway', 'worker', 'ingest', 'subgraph:events', 'gateway,subgraph:profiles'])(
  '%s works with a shared store, Redis, the secret and the addresses of subgraphs',
  (roles) => expect(mistakes({ ...complete, MONOGRAM_ROLES: roles })).toEqual([]),
)

test('what is missing is said all at once, with what to set', () => {
  expect(mistakes({ MONOGRAM_ROLES: 'gateway,subgraph:profiles' })).toEqual([
    'MONOGRAM_STORAGE_URL: the roles gateway, subgraph:profiles share a store with other processes: expected mongodb://…',
    'MONOGRAM_REDIS_URL: the roles gateway, subgraph:profiles hear of changes from other processes: expected redis://…',
    'MONOGRAM_SECRET: every process of a deployment needs the same one, of at least 16 characters',
    'MONOGRAM_SUBGRAPH_URLS: a gateway needs to know where events, products, recommendations are: expected events=http://… products=http://… recommendations=http://…',
  ])
})

test('a gateway alone has no store, and a shared store is never used without Redis', () => {
  const { MONOGRAM_STORAGE_URL: storage, ...rest } = complete
  expect(mistakes({ ...rest, MONOGRAM_ROLES: 'gateway' })).toEqual([])
  expect(
    mistakes({ MONOGRAM_STORAGE_URL: storage, MONOGRAM_SECRET: complete.MONOGRAM_SECRET }),
  ).toMatchObject([expect.stringMatching(/^MONOGRAM_REDIS_URL: processes that share a store hear of/)])
})
