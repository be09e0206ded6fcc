import { expect, test, vi } from 'vitest'
import type { Principal } from '../core/access/principal.ts'
import { StorageError } from '../storage/ports.ts'
import { createAuthenticate } from './authenticate.ts'

const shop: Principal = { kind: 'api-key', id: 'k1', name: 'Shop', scopes: ['ingest'] }
const browser: Principal = { kind: 'browser-session', id: 'browser', name: 'Browser', scopes: ['read'] }
const authenticate = createAuthenticate({
  apiKeys: { authenticate: (key) => Promise.resolve(key === 'good' ? shop : null) },
  sessions: { authenticate: (cookie) => (cookie === 'session=1' ? browser : null) },
})
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  ['Bearer', { authorization: 'Bearer good' }],
  ['bearer in small letters with spaces', { authorization: '  bearer   good ' }],
  ['x-api-key', { apiKey: ' good' }],
  ['Basic with an empty password, as the SDKs send it', { authorization: `Basic ${base64('good:')}` }],
  ['Basic with any password', { authorization: `Basic ${base64('good:pass:word')}` }],
  ['Basic without a colon', { authorization: `Basic ${base64('good')}` }],
])('takes a key as %s', async (_, credentials) => {
  expect(await authenticate(credentials)).toEqual(shop)
})

test('takes a session cookie when no key was shown', async () => {
  expect(await authenticate({ cookie: 'session=1' })).toEqual(browser)
})

test.each([
  ['nothing', {}],
  ['a wrong key beside a good cookie', { authorization: 'Bearer bad', cookie: 'session=1' }],
  ['an unknown scheme', { authorization: 'Digest good', cookie: 'session=1' }],
  ['an empty key', { apiKey: '' }],
  ['broken Basic', { authorization: 'Basic %%%' }],
])('%s is nobody', async (_, credentials) => {
  expect(await authenticate(credentials)).toBeNull()
})

test('an oversized header is not even looked at', async () => {
  const look = vi.fn(() => Promise.resolve(shop))
  const strict = createAuthenticate({
    apiKeys: { authenticate: look },
    sessions: { authenticate: () => null },
  })
  expect(await strict({ apiKey: 'x'.repeat(5_000) })).toBeNull()
  expect(look).not.toHaveBeenCalled()
})

test('while the store cannot be asked, a key is neither good nor bad: the caller is told to come again', async () => {
  const ask = createAuthenticate({
    apiKeys: { authenticate: () => Promise.reject(new StorageError('away', { retryable: true })) },
    sessions: { authenticate: () => null },
  })
  await expect(ask({ apiKey: 'good' })).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
    status: 503,
    message: expect.stringContaining('try again'),
  })
})
