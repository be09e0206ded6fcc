import { GraphQLError, OperationTypeNode } from 'graphql'
import { MonogramError } from '../core/errors.ts'
import type { Principal } from '../core/access/principal.ts'
import { requireScope } from '../core/access/require-scope.ts'

/** Null when the principal may run such an operation: queries and subscriptions need `read`, mutations `admin`. */
export function authorizeOperation(principal: Principal, kind: OperationTypeNode): GraphQLError | null {
  try {
    requireScope(principal, kind === OperationTypeNode.MUTATION ? 'admin' : 'read')
    return null
  } catch (error) {
    if (!(error instanceof MonogramError)) throw error
    return new GraphQLError(error.message, { originalError: error, extensions: { code: error.code } })
  }
}
