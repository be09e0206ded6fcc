import { MonogramError, type ErrorCode } from '../core/errors.ts'

/**
 * Anything thrown while a request was handled, as an error of the catalogue. What fastify and its parsers throw for a
 * caller's mistake gets its code; all else is INTERNAL, with what was thrown as its cause.
 */
export function toMonogramError(error: unknown): MonogramError {
  if (error instanceof MonogramError) return error
  const { code, statusCode, message } = (error ?? {}) as {
    code?: unknown
    statusCode?: unknown
    message?: unknown
  }
  const text = typeof message === 'string' ? message : 'the request cannot be read'
  if (code === 'ECONNRESET') {
    return new MonogramError('BODY_NOT_JSON', 'the connection closed before the body was complete', {
      cause: error,
    })
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_')) {
    if (statusCode === 413) return new MonogramError('BODY_TOO_LARGE', text, { cause: error })
    if (statusCode === 415) {
      return new MonogramError('UNSUPPORTED_ENCODING', `${text}: send content-type application/json`, {
        cause: error,
      })
    }
    if (code.includes('JSON_BODY') || code.includes('CONTENT_LENGTH')) {
      return new MonogramError('BODY_NOT_JSON', text, { cause: error })
    }
    if (code.includes('URL') || code.includes('MAX_PARAM')) {
      return new MonogramError('NOT_FOUND', text.slice(0, MAX_TEXT), { cause: error })
    }
  }
  return new MonogramError('INTERNAL', 'something went wrong on our side', { cause: error })
}

/** Of a message that repeats what was sent. */
const MAX_TEXT = 240

/** What may be over in a second: SDKs send the same again after so many. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['OVERLOADED', 'STORAGE_UNAVAILABLE', 'NOT_READY'])

/** Whether to come again soon may help. */
export function isPassing({ code }: MonogramError): boolean {
  return PASSING.has(code)
}

/** The headers that an error's answer has beside its body. */
export function errorHeaders(error: MonogramError): Record<string, string> {
  if (isPassing(error)) return { 'retry-after': '1' }
  if (error.code === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer realm="monogram"' }
  const allow = error.details['allow']
  return error.code === 'METHOD_NOT_ALLOWED' && typeof allow === 'string' ? { allow } : {}
}
