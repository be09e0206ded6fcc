import { createHmac, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { CallerCheck, CheckCaller, SignCaller } from '../core/access/caller-token.ts'
import { SCOPES, type Principal } from '../core/access/principal.ts'
import type { Clock } from '../platform/clock.ts'

export interface CallerTokensOptions {
  /** The first signs, each is accepted: so that a new one can be brought in while processes with the old one run. */
  keys: readonly Uint8Array[]
  clock: Clock
}

export interface CallerTokens {
  sign: SignCaller
  check: CheckCaller
}

/** Long enough for clocks that differ by minutes; whoever could read a token of ours can use it for that long. */
const LIFE_MS = 5 * 60_000
const SIGN_AGAIN_MS = 60_000
const MAX_CACHED = 10_000
const MAX_TOKEN_CHARS = 4_096

const contentSchema = z.strictObject({
  principal: z.strictObject({
    kind: z.enum(['api-key', 'browser-session', 'anonymous']),
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
  }),
  expiresAt: z.number(),
})

/**
 * Tokens `<content>.<HMAC-SHA-256>`, both base64url, with the principal and an expiry. One is made for a principal once a
 * minute and looked through once, not with each call: both sides remember them by their text.
 */
export function createCallerTokens({ keys, clock }: CallerTokensOptions): CallerTokens {
  const signingKey = keys[0] ?? fail()
  const signed = new LRUCache<string, { token: string; signedAt: number }>({ max: MAX_CACHED })
  const checked = new LRUCache<string, { principal: Principal; expiresAt: number }>({ max: MAX_CACHED })

  return { sign, check }

  function sign({ kind, id, name, scopes }: Principal): string {
    const principal = { kind, id, name, scopes }
    const text = JSON.stringify(principal)
    const now = clock()
    const present = signed.get(text)
    if (present && now - present.signedAt < SIGN_AGAIN_MS && now >= present.signedAt) return present.token
    const content = Buffer.from(JSON.stringify({ principal, expiresAt: now + LIFE_MS })).toString('base64url')
    const token = `${content}.${mac(signingKey, content).toString('base64url')}`
    signed.set(text, { token, signedAt: now })
    return token
  }

  function check(token: string | undefined): CallerCheck {
    if (token === undefined || token === '') return refused('nothing was shown')
    const known = checked.get(token) ?? read(token)
    if (known === null) return refused('what was shown was not signed with a secret that is known here')
    if (known.expiresAt <= clock()) {
      return refused('what was shown has expired: the clocks of the two machines may differ')
    }
    return { kind: 'known', principal: known.principal }
  }

  function read(token: string): { principal: Principal; expiresAt: number } | null {
    if (token.length > MAX_TOKEN_CHARS) return null
    const dot = token.indexOf('.')
    const content = token.slice(0, Math.max(dot, 0))
    const given = Buffer.from(token.slice(dot + 1), 'base64url')
    // Every key is tried, so that the time says nothing about which of them it was.
    const matches = keys.filter((key) => equal(mac(key, content), given))
    if (matches.length === 0) return null
    const parsed = contentSchema.safeParse(JSON.parse(Buffer.from(content, 'base64url').toString()))
    if (!parsed.success) return null
    checked.set(token, parsed.data)
    return parsed.data
  }
}

function fail(): never {
  throw new Error('a signer of callers needs a key')
}

function refused(why: string): CallerCheck {
  return { kind: 'refused', why }
}

function mac(key: Uint8Array, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest()
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
