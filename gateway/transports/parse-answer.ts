import { GraphQLError, type ExecutionResult } from 'graphql'
import { ERRORS } from '../../core/errors.ts'
import type { ReadText } from '../subgraph-client.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { SubgraphUnavailable } from './subgraph-unavailable.ts'

type AnswerText = Pick<HttpAnswer, 'status' | 'contentType' | 'text'>

/** The answer as this reads it, or null where that cannot be. */
export function readWith(readText: ReadText, { status, text }: AnswerText): ExecutionResult | null {
  const data = status === 200 ? readText(text) : undefined
  return data ? { data } : null
}

/**
 * An answer as a GraphQL result. Throws SubgraphUnavailable for an error of a server or proxy, for what is not JSON or no
 * result, and for one with a key `__proto__` at any depth. An error whose code is of our catalogue keeps its message;
 * any other becomes SUBGRAPH_FAILED and keeps the original as its cause, for the log.
 */
export function parseAnswer(
  subgraphName: string,
  { status, contentType, text }: AnswerText,
): ExecutionResult {
  if (status !== 200 && !mayBeResult(status, contentType)) {
    throw refusal(subgraphName, status, contentType, text)
  }
  if (!isFramedAsObject(text)) {
    throw new SubgraphUnavailable(
      subgraphName,
      'error',
      `answered with something else than a JSON object: ${excerpt(text)}`,
    )
  }
  const parsed = parseJson(subgraphName, text)
  if (mayHoldPrototypeKey(text) && holdsPrototypeKey(parsed)) {
    throw new SubgraphUnavailable(
      subgraphName,
      'error',
      'answered with a key "__proto__", which is never read',
    )
  }
  const result = resultOf(subgraphName, parsed)
  if (result) return result
  throw new SubgraphUnavailable(
    subgraphName,
    'error',
    `answered with JSON that is no GraphQL result: ${excerpt(text)}`,
  )
}

/** The result that a parsed answer is, or null when it is none. */
export function resultOf(subgraphName: string, answer: unknown): ExecutionResult | null {
  if (!isObject(answer)) return null
  const { data, errors = null, extensions } = answer
  if (data === undefined && errors === null) return null
  if (data !== undefined && data !== null && !isObject(data)) return null
  const result: ExecutionResult = {}
  if (data !== undefined) result.data = data
  if (isObject(extensions)) result.extensions = extensions
  if (errors === null) return result
  if (!Array.isArray(errors)) return null
  if (errors.length > 0) result.errors = errors.map((error) => errorOf(subgraphName, error))
  return result
}

/** By GraphQL over HTTP a result may have any status under its own media type; under JSON's, many servers give one with 4xx. */
function mayBeResult(status: number, contentType: string): boolean {
  if (contentType.startsWith('application/graphql-response+json')) return true
  return status >= 200 && status < 500 && contentType.startsWith('application/json')
}

/** A door of Monogram's own says by its code when it has not begun a call. */
function refusal(
  subgraphName: string,
  status: number,
  contentType: string,
  text: string,
): SubgraphUnavailable {
  const isOwn = contentType.startsWith('application/problem+json')
  const isUnsent =
    isOwn && (status === 503 || status === 429) && /"code":"(?:NOT_READY|OVERLOADED)"/.test(text)
  const what = `answered with HTTP status ${status}${isOwn ? `: ${excerpt(text)}` : ''}`
  return new SubgraphUnavailable(subgraphName, 'error', what, undefined, isUnsent ? 'unsent' : 'sent')
}

function isFramedAsObject(text: string): boolean {
  return /^[\s\uFEFF]*\{/.test(text) && /\}\s*$/.test(text.slice(-64))
}

/** Nearly always false, after two quick searches. Letters of a key may be written as escapes: `_` and those of `proto`. */
function mayHoldPrototypeKey(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u00') && /\\u00(?:5f|[67])/i.test(text))
}

function holdsPrototypeKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPrototypeKey)
  if (!isObject(value)) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsPrototypeKey)
}

function parseJson(subgraphName: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SubgraphUnavailable(subgraphName, 'error', `answered with broken JSON: ${excerpt(text)}`, cause)
  }
}

function errorOf(subgraphName: string, error: unknown): GraphQLError {
  const { message, path, extensions } = isObject(error) ? error : {}
  const said = typeof message === 'string' ? message : 'an error without a message'
  const code = isObject(extensions) ? extensions['code'] : undefined
  const place = isPath(path) ? { path } : {}
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) {
    return new GraphQLError(said, { ...place, extensions: { code } })
  }
  return new GraphQLError(`the subgraph "${subgraphName}" could not answer this`, {
    ...place,
    originalError: new Error(said, { cause: error }),
    extensions: { code: 'SUBGRAPH_FAILED' },
  })
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === 'string' || Number.isSafeInteger(step))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** For the log. */
function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 300))
}
