import { MonogramError } from '../errors.ts'
import type { Principal, Scope } from './principal.ts'

/** The principal, if it may do this; else UNAUTHENTICATED or FORBIDDEN. `admin` may do everything. */
export function requireScope(principal: Principal | null, scope: Scope): Principal {
  if (!principal) {
    throw new MonogramError(
      'UNAUTHENTICATED',
      'no valid key was given: send `Authorization: Bearer mg_live_…`; `monogram keys create` makes one',
    )
  }
  if (principal.scopes.includes(scope) || principal.scopes.includes('admin')) return principal
  throw new MonogramError(
    'FORBIDDEN',
    `the key "${principal.name}" has ${principal.scopes.join(', ') || 'no scope'}, and this needs the scope ${scope}`,
  )
}
