import { isJsonObject } from '../core/json.ts'
import { MonogramError } from '../core/errors.ts'
import type { Recipient } from './check-answer.ts'

export interface PreviewQuery {
  key: Recipient
  format: 'html' | 'text' | 'json'
}

const KEYS = ['userId', 'email', 'phone', 'anonymousId', 'id'] as const
const FORMATS = ['html', 'text', 'json'] as const
const EXPECTED = `expected one of ${KEYS.join(', ')}, as in ?userId=17850, and format=${FORMATS.join('|')} if wanted`

/**
 * Reads `?userId=17850&format=text`.
 *
 * @throws MonogramError BAD_USER_INPUT unless exactly one recipient is named, and nothing unknown.
 */
export function parsePreviewQuery(query: unknown): PreviewQuery {
  const { format = 'html', ...keys } = isJsonObject(query) ? query : {}
  const names = Object.keys(keys)
  const unknown = names.find((name) => !KEYS.some((key) => key === name))
  if (unknown !== undefined) throw new MonogramError('BAD_USER_INPUT', `?${unknown}=: not known; ${EXPECTED}`)
  const knownFormat = FORMATS.find((known) => known === format)
  if (knownFormat === undefined)
    throw new MonogramError(
      'BAD_USER_INPUT',
      `?format=${typeof format === 'string' ? format : '…'}: not known; ${EXPECTED}`,
    )
  const [kind] = names
  if (kind === undefined || names.length > 1)
    throw new MonogramError(
      'BAD_USER_INPUT',
      `the preview names ${names.join(' and ') || 'nobody'}; ${EXPECTED}`,
    )
  const value = keys[kind]
  if (typeof value !== 'string' || value.trim() === '')
    throw new MonogramError('BAD_USER_INPUT', `?${kind}=: expected one value that is not empty`)
  return { key: kind === 'id' ? { id: value } : { kind, value }, format: knownFormat }
}
