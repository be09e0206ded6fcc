import type { Authenticate, Credentials } from '../core/access/authenticate.ts'
import { MonogramError } from '../core/errors.ts'
import { StorageError } from '../storage/ports.ts'
import type { ApiKeys } from './api-keys.ts'
import type { BrowserSessions } from './browser-session.ts'

export interface AuthenticateOptions {
  apiKeys: Pick<ApiKeys, 'authenticate'>
  sessions: Pick<BrowserSessions, 'authenticate'>
}

const MAX_HEADER_LENGTH = 4_096

/**
 * Who shows these credentials: a key as Bearer, as the user name of Basic (as Segment's SDKs send it) or as x-api-key;
 * without any key, a browser's session cookie. A key that is shown and is not valid is never made good by a cookie. Rejects
 * with STORAGE_UNAVAILABLE while nobody can say whose key it is.
 */
export function createAuthenticate({ apiKeys, sessions }: AuthenticateOptions): Authenticate {
  return async (credentials) => {
    const shown = shownKey(credentials)
    if (shown === null) return credentials.cookie ? sessions.authenticate(credentials.cookie) : null
    return shown.length > MAX_HEADER_LENGTH ? null : apiKeys.authenticate(shown).catch(cannotSay)
  }
}

function cannotSay(cause: unknown): never {
  if (!(cause instanceof StorageError)) throw cause
  throw new MonogramError('STORAGE_UNAVAILABLE', 'keys cannot be looked up now; try again in a moment', {
    cause,
  })
}

/** Null when no key was shown at all; empty text when something was that cannot hold one. */
function shownKey({ authorization, apiKey }: Credentials): string | null {
  if (authorization === undefined) return apiKey === undefined ? null : apiKey.trim()
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() === 'basic') return basicUser(value)
  return ''
}

/** RFC 7617 has `user:password` in base64; some senders leave the colon out. */
function basicUser(value: string): string {
  const text = Buffer.from(value, 'base64').toString('latin1')
  const colon = text.indexOf(':')
  return colon < 0 ? text : text.slice(0, colon)
}
