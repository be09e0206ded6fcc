import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Principal } from '../core/access/principal.ts'
import type { Clock } from '../platform/clock.ts'
import { randomBase62, type RandomBytes } from './random-text.ts'

export interface BrowserSessionsOptions {
  /** Signs the cookies. Persistent, so that a session outlives a restart. */
  key: Uint8Array
  clock: Clock
  randomBytes: RandomBytes
}

export interface BrowserSessions {
  /** The path of a link that works once, within 15 minutes, in this process: `/session/<token>`. */
  createLinkPath(): string
  /** Ends the link and gives the value of `set-cookie`; null when it was used, has expired or never was. */
  redeem(token: string): string | null
  /** Who sent this `cookie` header; null without a session, or with one that has expired or was not signed here. */
  authenticate(cookieHeader: string): Principal | null
}

const LINK_LIFE_MS = 15 * 60_000
const SESSION_LIFE_MS = 12 * 3_600_000
const MAX_OPEN_LINKS = 100
const COOKIE = 'monogram_session'
const BROWSER: Principal = { kind: 'browser-session', id: 'browser', name: 'Browser', scopes: ['read'] }

/**
 * Lets the operator's browser in without a key in any address: a random one-time link sets an HttpOnly, SameSite
 * cookie that says when it ends and is signed. It may read, and nothing else.
 */
export function createBrowserSessions({ key, clock, randomBytes }: BrowserSessionsOptions): BrowserSessions {
  /** Digest of the token to the instant at which it ends, oldest first. */
  const links = new Map<string, number>()

  return {
    createLinkPath() {
      const token = randomBase62(32, randomBytes)
      links.set(digest(token), clock() + LINK_LIFE_MS)
      for (const oldest of links.keys()) {
        if (links.size <= MAX_OPEN_LINKS) break
        links.delete(oldest)
      }
      return `/session/${token}`
    },
    redeem(token) {
      const link = digest(token)
      const endsAt = links.get(link)
      links.delete(link)
      if (endsAt === undefined || clock() >= endsAt) return null
      const session = `${clock() + SESSION_LIFE_MS}.${randomBase62(16, randomBytes)}`
      const maxAgeSeconds = SESSION_LIFE_MS / 1_000
      const value = `${session}.${sign(session)}`
      return `${COOKIE}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`
    },
    authenticate(cookieHeader) {
      const value = readCookie(cookieHeader)
      if (value === null) return null
      const dot = value.lastIndexOf('.')
      const session = value.slice(0, Math.max(dot, 0))
      if (!equal(value.slice(dot + 1), sign(session))) return null
      return clock() < Number(session.split('.', 1)[0]) ? BROWSER : null
    },
  }

  function sign(session: string): string {
    return createHmac('sha256', key).update(session).digest('base64url')
  }
}

function readCookie(header: string): string | null {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === COOKIE && value) return value
  }
  return null
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
