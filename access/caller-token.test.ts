import { expect, test } from 'vitest'
import type { Principal } from '../core/access/principal.ts'
import { createCallerTokens } from './caller-token.ts'

const ada: Principal = { kind: 'api-key', id: 'k1', name: 'Ada', scopes: ['read'] }
const [oldKey, newKey] = [Buffer.from('old'), Buffer.from('new')]

function tokens(keys: readonly Buffer[], now = { ms: 0 }) {
  return createCallerTokens({ keys, clock: () => now.ms })
}

test('who has the secret knows on whose behalf a call is made', () => {
  const token = tokens([oldKey]).sign(ada)
  const reader = tokens([oldKey])
  expect(reader.check(token)).toEqual({ kind: 'known', principal: ada })
  expect(reader.check(token)).toEqual({ kind: 'known', principal: ada })
})

test.each([
  ['nothing', () => undefined, /nothing was shown/],
  ['another secret', () => tokens([newKey]).sign(ada), /not signed with a secret/],
  ['no token', () => 'hello', /not signed/],
  ['an oversized one', () => 'x'.repeat(5_000), /not signed/],
  [
    'a principal with more scopes under the same signature',
    () => {
      const [, mac] = tokens([oldKey]).sign(ada).split('.')
      const more = { principal: { ...ada, scopes: ['admin'] }, expiresAt: 1e15 }
      return `${Buffer.from(JSON.stringify(more)).toString('base64url')}.${mac}`
    },
    /not signed/,
  ],
])('%s is refused, and says why', (_, token, why) => {
  expect(tokens([oldKey]).check(token())).toEqual({ kind: 'refused', why: expect.stringMatching(why) })
})

test('a secret is changed in three steps, and no call is refused in between', () => {
  const steps = [
    [[oldKey], [oldKey, newKey]],
    [
      [newKey, oldKey],
      [oldKey, newKey],
    ],
    [[newKey, oldKey], [newKey]],
  ] as const
  for (const [gateway, subgraph] of steps) {
    expect(tokens(subgraph).check(tokens(gateway).sign(ada)).kind).toBe('known')
  }
})

test('a token ends after five minutes, and one in use is made anew before', () => {
  const now = { ms: 0 }
  const signer = tokens([oldKey], now)
  const first = signer.sign(ada)
  now.ms = 59_000
  expect(signer.sign(ada)).toBe(first)
  now.ms = 61_000
  expect(signer.sign(ada)).not.toBe(first)
  now.ms = 299_000
  expect(tokens([oldKey], now).check(first).kind).toBe('known')
  now.ms = 301_000
  expect(signer.check(first)).toMatchObject({ why: expect.stringMatching(/expired.*clocks/) })
})
