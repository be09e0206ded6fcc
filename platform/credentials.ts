import type { IncomingHttpHeaders } from 'node:http'
import type { Credentials } from '../core/access/authenticate.ts'

/** What the headers of a request show to say who it is. A header that was sent twice counts as not sent. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const credentials: Credentials = {}
  if (headers.authorization !== undefined) credentials.authorization = headers.authorization
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string') credentials.apiKey = apiKey
  if (headers.cookie !== undefined) credentials.cookie = headers.cookie
  return credentials
}
