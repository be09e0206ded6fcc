import { MonogramError } from '../core/errors.ts'
import type { Config } from '../platform/config/config.ts'
import { variableName } from '../platform/config/settings.ts'
import { isShared } from '../storage/open-storage.ts'
import { ROLES, SUBGRAPHS, type Role, type SubgraphName } from '../platform/roles.ts'

/** As long as the usual load balancers take to see that a process is not ready any more. */
export const DEFAULT_DRAIN_MS = 2_000

/** What one process does, and so what it opens. */
export interface RoleSet {
  roles: readonly Role[]
  /** Everything, as `monogram start` does unless it is told otherwise. */
  isWhole: boolean
  has(role: Role): boolean
  /** Subgraphs that this process serves. */
  subgraphs: readonly SubgraphName[]
  /** All but a gateway alone. */
  needsStore: boolean
}

export function roleSetOf(roles: readonly Role[] | null): RoleSet {
  const known = roles ?? ROLES
  return {
    roles: known,
    isWhole: roles === null,
    has: (role) => known.includes(role),
    subgraphs: SUBGRAPHS.filter((name) => known.includes(`subgraph:${name}`)),
    needsStore: known.some((role) => role !== 'gateway'),
  }
}

/** Whether other processes share the store of this one. */
export function isDistributed(config: Pick<Config, 'storageUrl' | 'roles'>): boolean {
  return config.roles !== null || isShared(config.storageUrl)
}

/**
 * Refuses a configuration with which the processes of a deployment could not work together.
 * @throws MonogramError CONFIG_INVALID with every mistake
 */
export function checkDistributed(config: Config, set: RoleSet): void {
  if (!isDistributed(config)) return
  const mistakes: string[] = []
  const missing = (key: Parameters<typeof variableName>[0], why: string): void => {
    mistakes.push(`${variableName(key)}: ${why}`)
  }
  const who = set.isWhole ? 'processes that share a store' : `the roles ${set.roles.join(', ')}`
  if (set.needsStore && !isShared(config.storageUrl)) {
    missing('storageUrl', `${who} share a store with other processes: expected mongodb://…`)
  }
  if (config.redisUrl === null) {
    missing('redisUrl', `${who} hear of changes from other processes: expected redis://…`)
  }
  if (config.secret === null) {
    missing('secret', 'every process of a deployment needs the same one, of at least 16 characters')
  }
  if (set.has('gateway')) {
    const without = SUBGRAPHS.filter((name) => !set.subgraphs.includes(name) && !config.subgraphUrls[name])
    if (without.length > 0) {
      const example = without.map((name) => `${name}=http://…`).join(' ')
      missing('subgraphUrls', `a gateway needs to know where ${without.join(', ')} are: expected ${example}`)
    }
  }
  if (mistakes.length > 0) throw new MonogramError('CONFIG_INVALID', mistakes.join('\n'))
}
