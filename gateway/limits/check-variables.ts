import { GraphQLError, Kind, visit, type DocumentNode } from 'graphql'
import type { ErrorCode } from '../../core/errors.ts'
import type { QueryLimits } from '../query-limits.ts'
import { isPageArgument } from './measure-document.ts'

type VariableLimits = Pick<QueryLimits, 'maxListLength' | 'maxVariablesSize' | 'maxVariablesDepth'>

/**
 * The error for variables that are too large, too deep, have too long a list, or a member that no object may have; else
 * null. Walks what was sent, once, and stops at the first limit; with a list of its own, as JSON may be nested deeply.
 */
export function checkVariables(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  limits: VariableLimits,
): GraphQLError | null {
  let size = 0
  const pending: { value: object; depth: number; name: string }[] = []
  for (const name of Object.keys(variables)) {
    const refused = visitValue(variables[name], 0, name)
    if (refused) return refused
  }
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth, name } = next
    if (depth > limits.maxVariablesDepth) {
      return beyond(
        'VARIABLES_TOO_LARGE',
        `variables.${name}: nested deeper than the ${limits.maxVariablesDepth} that are accepted`,
      )
    }
    if (Array.isArray(value)) {
      if (value.length > limits.maxListLength) return tooLong(name, value.length)
      for (const item of value) {
        const refused = visitValue(item, depth, name)
        if (refused) return refused
      }
      continue
    }
    for (const [key, member] of Object.entries(value)) {
      if (key === '__proto__') {
        return beyond(
          'BAD_USER_INPUT',
          `variables.${name}: has a member named "__proto__", which is not accepted`,
        )
      }
      size += key.length
      const refused = visitValue(member, depth, name)
      if (refused) return refused
    }
  }
  for (const name of pageVariablesOf(document)) {
    const asked = variables[name]
    if (typeof asked === 'number' && asked > limits.maxListLength) return tooLong(name, asked)
  }
  return null

  function visitValue(value: unknown, depth: number, name: string): GraphQLError | null {
    if (typeof value === 'string') size += value.length
    else if (typeof value === 'object' && value !== null) pending.push({ value, depth: depth + 1, name })
    else size += 8
    if (size <= limits.maxVariablesSize) return null
    return beyond(
      'VARIABLES_TOO_LARGE',
      `the variables are larger than the ${limits.maxVariablesSize} characters that are accepted`,
    )
  }

  function tooLong(name: string, length: number): GraphQLError {
    return beyond(
      'LIST_TOO_LONG',
      `variables.${name}: a list or page of ${length}, at most ${limits.maxListLength} are accepted`,
    )
  }
}

const pageVariables = new WeakMap<DocumentNode, readonly string[]>()

/** The variables that stand as `first` or `last` anywhere in the document. */
function pageVariablesOf(document: DocumentNode): readonly string[] {
  const known = pageVariables.get(document)
  if (known) return known
  const names: string[] = []
  visit(document, {
    Argument({ name, value }) {
      if (isPageArgument(name.value) && value.kind === Kind.VARIABLE) names.push(value.name.value)
    },
  })
  pageVariables.set(document, names)
  return names
}

function beyond(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
