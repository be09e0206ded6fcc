import type { IncomingHttpHeaders } from 'node:http'
import { MonogramError } from '../core/errors.ts'
import { MAX_DEMANDS, parseDemands, type Demand } from '../core/freshness/demand.ts'

/**
 * What a request demands to see, by its header `x-monogram-after` and, where the door has one, by `after` in its body: a
 * text as in the header, or a list of such texts. RECEIPT_INVALID.
 */
export function demandsOf(headers: IncomingHttpHeaders, inBody?: unknown): { after?: readonly Demand[] } {
  const header = headers['x-monogram-after']
  if (header === undefined && (inBody === undefined || inBody === null)) return {}
  const after = [
    ...parseDemands(Array.isArray(header) ? header.join(',') : (header ?? ''), 'x-monogram-after'),
    ...parseDemands(textOf(inBody), 'after'),
  ]
  return after.length === 0 ? {} : { after }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (
    Array.isArray(value) &&
    value.length <= MAX_DEMANDS &&
    value.every((item) => typeof item === 'string')
  ) {
    return value.join(',')
  }
  throw new MonogramError(
    'RECEIPT_INVALID',
    `after: expected a receipt, or a list of at most ${MAX_DEMANDS}, got ${(JSON.stringify(value) ?? '').slice(0, 80)}`,
  )
}
