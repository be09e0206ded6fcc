import { expect, test } from 'vitest'
import type { ApiKeyRecord } from '../core/access/principal.ts'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import { silentLog } from '../platform/log.ts'
import { createCallerTokens } from './caller-token.ts'
import { keyDoor } from './key-door.ts'
import { createRemoteKeyStore } from './remote-key-store.ts'

const record: ApiKeyRecord = {
  id: 'k1',
  name: 'Shop',
  scopes: ['read'],
  secretHmac: 'hmac',
  createdAt: 1,
  revokedAt: null,
}
const tokensOf = (secret: string) =>
  createCallerTokens({ keys: [Buffer.from(secret)], clock: () => Date.now() })
const gateway = { kind: 'anonymous', id: 'gateway', name: 'gateway', scopes: [] } as const

async function serve(): Promise<{ url: string } & AsyncDisposable> {
  const app = createHttpServer({ log: silentLog() })
  const keys = { get: (id: string) => Promise.resolve(id === 'k1' ? record : null) }
  await app.register(keyDoor({ keys, check: tokensOf('secret').check }))
  const { url } = await listen(app, { host: '127.0.0.1', port: 0 })
  return { url, [Symbol.asyncDispose]: () => app.close() }
}

test('a gateway reads keys where the store is, and elsewhere when one does not answer', async () => {
  await using gone = await serve()
  await using door = await serve()
  await gone[Symbol.asyncDispose]()
  const ownToken = () => tokensOf('secret').sign(gateway)
  const store = createRemoteKeyStore({ urls: [gone.url, door.url], ownToken })
  expect(await store.get('k1')).toEqual(record)
  expect(await store.get('../k1')).toBeNull()
  await expect(store.put(record)).rejects.toThrow('a gateway makes no keys')
})

test('nobody else learns of keys', async () => {
  await using door = await serve()
  const answer = await fetch(`${door.url}/internal/keys/k1`)
  expect(answer.status).toBe(401)
  expect(await answer.text()).not.toContain('hmac')
  const store = createRemoteKeyStore({ urls: [door.url], ownToken: () => tokensOf('other').sign(gateway) })
  await expect(store.get('k1')).rejects.toMatchObject({
    name: 'StorageError',
    cause: { message: expect.stringMatching(/answered 401: .*not signed with a secret/) },
  })
})
