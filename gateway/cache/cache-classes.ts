import { authorizationClassOf } from '../../core/access/authorization-class.ts'
import type { Principal } from '../../core/access/principal.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import { REHEARSAL } from '../rehearsal/rehearsal-principal.ts'

/** Under what the values that a principal may see are kept: his authorization class, and the schema that they are of. */
export interface CacheClasses {
  /**
   * Null for whom nothing is kept, and for a request that must show a write (`after`): it goes by the cache, so that its
   * subgraph waits for the write, and says what it does not show. What it demands is the client's word, and raises no fence.
   */
  of(request: Pick<RequestContext, 'principal' | 'after'>): PrincipalClasses | null
}

export interface PrincipalClasses {
  shared: string
  private: string
}

/** @param schemaHash values of one supergraph are never those of another */
export function createCacheClasses(schemaHash: string): CacheClasses {
  const known = new WeakMap<Principal, PrincipalClasses>()
  return {
    of({ principal, after }) {
      if (after || principal === REHEARSAL) return null
      const present = known.get(principal)
      if (present) return present
      const made = {
        shared: `${schemaHash}${authorizationClassOf(principal, false)}`,
        private: `${schemaHash}${authorizationClassOf(principal, true)}`,
      }
      known.set(principal, made)
      return made
    },
  }
}
