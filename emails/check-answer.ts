import type { ExecutionResult, GraphQLFormattedError } from 'graphql'
import { MonogramError } from '../core/errors.ts'
import type { EmailTemplate } from './template.ts'

export type Recipient = { kind: string; value: string } | { id: string }

export interface Answer {
  /** What the template is given. Empty when the graph could tell nothing. */
  values: Record<string, unknown>
  /** The parts that failed, as paths of the query without list positions: `profile.recommendations`. */
  degraded: string[]
  /** The answer does not show yet what the request demanded to see. */
  isStale: boolean
}

/**
 * Tells an answer that an e-mail can be made of, with parts missing if need be, from one that says there is nothing to
 * make: nobody is known by that key, the key is not one, or the query does not fit the graph.
 *
 * @throws MonogramError RECIPIENT_UNKNOWN, BAD_USER_INPUT, RECEIPT_UNKNOWN, TEMPLATE_INVALID
 */
export function checkAnswer(result: ExecutionResult, template: EmailTemplate, recipient: Recipient): Answer {
  const errors = (result.errors ?? []) as readonly GraphQLFormattedError[]
  for (const error of errors) throwIfFatal(error, template)
  const values = (result.data ?? {}) as Record<string, unknown>
  const isUnknown = errors.length === 0 && (values['profile'] ?? null) === null
  if (isUnknown)
    throw new MonogramError('RECIPIENT_UNKNOWN', `nobody is known by ${describe(recipient)}`, {
      details: { recipient },
    })
  const degraded = [...new Set(errors.map(({ path }) => partName(path)))]
  return { values, degraded, isStale: result.extensions?.['stale'] === true }
}

const MISFITS = new Set<unknown>(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'])

function throwIfFatal(error: GraphQLFormattedError, template: EmailTemplate): void {
  const code = error.extensions?.['code']
  if (MISFITS.has(code))
    throw new MonogramError('TEMPLATE_INVALID', `the query of "${template.name}": ${error.message}`)
  if (code === 'RECEIPT_UNKNOWN') throw new MonogramError('RECEIPT_UNKNOWN', error.message)
  if (code === 'BAD_USER_INPUT' && (error.path ?? []).length <= 1)
    throw new MonogramError('BAD_USER_INPUT', error.message)
}

/** A failure without a place may have taken everything with it. */
function partName(path: GraphQLFormattedError['path']): string {
  return path?.filter((step) => typeof step === 'string').join('.') || 'profile'
}

function describe(recipient: Recipient): string {
  return 'id' in recipient ? `the id "${recipient.id}"` : `${recipient.kind} "${recipient.value}"`
}
