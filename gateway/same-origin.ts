import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a browser says that the page it acts for came from this very server. Browsers send cookies with a WebSocket
 * whatever page opened it, so a cookie is only believed together with this.
 */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase()
}
