import { GraphQLError, type DocumentNode } from 'graphql'
import type { ErrorCode } from '../core/errors.ts'
import { measureDocument } from './limits/measure-document.ts'

/** What one request may ask. Checked before it is validated or planned, so that neither can be made to work for long. */
export interface QueryLimits {
  maxDocumentBytes: number
  maxTokens: number
  /** Of fields within fields, with fragments laid flat. Fields under `__schema` and `__type` do not count. */
  maxDepth: number
  /** Fields of the whole document with every fragment laid flat as often as it is spread. */
  maxFields: number
  /** Fields under another name than their own, with fragments laid flat. */
  maxAliases: number
  /** Of one operation, with fragments laid flat. */
  maxRootFields: number
  /** Written in the whole document. */
  maxDirectives: number
  /** Of one list, in the document or in variables; also the largest `first` or `last`. */
  maxListLength: number
  /** Of all variables together: the characters of their texts and names, and eight for each other value. */
  maxVariablesSize: number
  /** Of lists and objects within each other in one variable. */
  maxVariablesDepth: number
  /** Of an operation with its variables: about how many objects it may give (see `compileCost`). */
  maxCost: number
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  maxDocumentBytes: 64 * 1024,
  maxTokens: 1_000,
  maxDepth: 12,
  maxFields: 1_000,
  maxAliases: 15,
  maxRootFields: 20,
  maxDirectives: 50,
  maxListLength: 500,
  maxVariablesSize: 128 * 1024,
  maxVariablesDepth: 12,
  maxCost: 100_000,
}

/** Whether graphql-js stopped parsing at `maxTokens`, by its message: its error has nothing else to tell by. */
export function isTooManyTokens(message: string): boolean {
  return message.startsWith('Syntax Error: Document contains more that ')
}

/** The error for a text that is too long to be parsed at all, else null. */
export function checkDocumentSize(document: string, limits: QueryLimits): GraphQLError | null {
  if (document.length <= limits.maxDocumentBytes / 3) return null
  const bytes = Buffer.byteLength(document)
  if (bytes <= limits.maxDocumentBytes) return null
  return beyond(
    'QUERY_TOO_LARGE',
    `the document has ${bytes} bytes, and at most ${limits.maxDocumentBytes} are accepted`,
  )
}

/**
 * The error for a document that is beyond a limit, or that uses a name no answer may carry; else null. Safe on
 * documents that are not valid: fragments that are missing, or that spread themselves, are left to validation.
 */
export function checkDocumentShape(document: DocumentNode, limits: QueryLimits): GraphQLError | null {
  const { depth, fields, aliases, rootFields, directives, longestList, forbiddenName } =
    measureDocument(document)
  if (depth > limits.maxDepth) {
    return beyond(
      'QUERY_TOO_DEEP',
      `the document is ${depth} fields deep, and at most ${limits.maxDepth} are accepted`,
    )
  }
  if (fields > limits.maxFields) {
    return beyond(
      'QUERY_TOO_LARGE',
      `the document selects ${fields} fields with its fragments laid flat, at most ${limits.maxFields} are accepted`,
    )
  }
  if (aliases > limits.maxAliases) {
    return beyond(
      'QUERY_TOO_MANY_ALIASES',
      `the document has ${aliases} aliases with its fragments laid flat, at most ${limits.maxAliases} are accepted`,
    )
  }
  if (rootFields > limits.maxRootFields) {
    return beyond(
      'QUERY_TOO_MANY_ROOTS',
      `the operation has ${rootFields} root fields, at most ${limits.maxRootFields} are accepted`,
    )
  }
  if (directives > limits.maxDirectives) {
    return beyond(
      'QUERY_TOO_MANY_DIRECTIVES',
      `the document has ${directives} directives, at most ${limits.maxDirectives} are accepted`,
    )
  }
  if (longestList > limits.maxListLength) {
    return beyond(
      'LIST_TOO_LONG',
      `the document has a list or page of ${longestList}, at most ${limits.maxListLength} are accepted`,
    )
  }
  if (!forbiddenName) return null
  return new GraphQLError(`the name "${forbiddenName.value}" is not accepted`, {
    nodes: forbiddenName,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  })
}

/** The error for an operation that costs too much with its variables, else null. */
export function checkCost(cost: number, maxCost: number): GraphQLError | null {
  if (cost <= maxCost) return null
  return beyond(
    'QUERY_TOO_COSTLY',
    `the operation costs ${cost}, and at most ${maxCost} is accepted: ask for fewer, or for shorter lists`,
  )
}

function beyond(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
