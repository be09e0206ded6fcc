import type { Edge, Page } from '../schema/models.ts'
import { badInput, boundedInt } from './bad-input.ts'

export function pageSize(first: number | null | undefined): number {
  return boundedInt('first', first, { fallback: 20, min: 1, max: 100 })
}

/** A page of what was read when one more than `size` was asked for: that one only tells that there is more. */
export function pageOf<Node>(edges: readonly Edge<Node>[], size: number, after: string | null): Page<Node> {
  return {
    edges: edges.slice(0, size),
    hasNextPage: edges.length > size,
    hasPreviousPage: after !== null,
  }
}

export function pageInfo(page: Page<unknown>) {
  return {
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    startCursor: page.edges[0]?.cursor ?? null,
    endCursor: page.edges.at(-1)?.cursor ?? null,
  }
}

/** Opaque to clients, so that what it holds may change. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(parts.join(',')).toString('base64url')
}

/**
 * The groups of the pattern, which is of the whole text that a cursor was made from.
 * @throws MonogramError BAD_USER_INPUT for what no cursor of this connection looks like
 */
export function decodeCursor(cursor: string, pattern: RegExp): RegExpExecArray {
  const parts =
    cursor.length <= MAX_CURSOR_LENGTH ? pattern.exec(Buffer.from(cursor, 'base64url').toString()) : null
  if (parts) return parts
  throw badInput('after: expected a cursor that this connection gave, got another text')
}

const MAX_CURSOR_LENGTH = 1_000
