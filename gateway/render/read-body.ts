import { MonogramError } from '../../core/errors.ts'

/** What the body of a render says. */
export interface RenderBody {
  variables: Readonly<Record<string, unknown>>
  /** As it was given. */
  deadlineMs: unknown
  /** Receipts, as they were given. */
  after?: unknown
}

const MEMBERS = ['variables', 'deadlineMs', 'after']

/** BODY_NOT_JSON, or BAD_USER_INPUT that names the member. */
export function parseRenderBody(text: string): RenderBody {
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MonogramError(
      'BAD_USER_INPUT',
      'the body: expected an object { "variables", "deadlineMs", "after" }',
    )
  }
  const unknown = Object.keys(body).find((key) => !MEMBERS.includes(key))
  if (unknown !== undefined) {
    throw new MonogramError(
      'BAD_USER_INPUT',
      `${unknown.slice(0, 80)}: the body has only ${MEMBERS.join(', ')}`,
    )
  }
  const { variables = {}, deadlineMs, after } = body as Record<string, unknown>
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    throw new MonogramError('BAD_USER_INPUT', 'variables: expected an object')
  }
  return { variables: (variables ?? {}) as Readonly<Record<string, unknown>>, deadlineMs, after }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MonogramError('BODY_NOT_JSON', `the body is not JSON: ${reason}`, { cause: error })
  }
}
