import type { ProfileId } from '../core/identity/identity-key.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { StorageError } from '../storage/ports.ts'
import type { Materialise } from './materialise.ts'

export interface MaterialiseEach {
  /**
   * Materialises all that may be tried now, and each by itself when one of them fails; returns how many were tried. A
   * store that fails is everybody's trouble, and is thrown.
   */
  (ids: readonly ProfileId[]): Promise<number>
  /** How many profiles wait for another try. */
  readonly waiting: () => number
  /** Whether this one may be tried now. */
  readonly mayTry: (id: ProfileId) => boolean
}

const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 3_600_000
/** Of profiles that failed and wait; beyond it the one that failed first is tried at once. */
const MAX_WAITING = 1_000

/** A profile that cannot be put together is tried again ever later, and holds up nobody else. */
export function createMaterialiseEach(options: {
  materialise: Materialise
  clock: Clock
  log: Log
}): MaterialiseEach {
  const { materialise, clock, log } = options
  const failing = new Map<ProfileId, { failures: number; retryAt: number }>()
  const mayTry = (id: ProfileId): boolean => (failing.get(id)?.retryAt ?? 0) <= clock()
  return Object.assign(tryAll, { waiting: () => failing.size, mayTry })

  async function tryAll(ids: readonly ProfileId[]): Promise<number> {
    const now = [...new Set(ids)].filter(mayTry)
    if (now.length === 0) return 0
    try {
      await materialise(now)
      for (const id of now) failing.delete(id)
    } catch (error) {
      if (error instanceof StorageError) throw error
      for (const id of now) await tryOne(id)
    }
    return now.length
  }

  async function tryOne(id: ProfileId): Promise<void> {
    try {
      await materialise([id])
      failing.delete(id)
    } catch (error) {
      if (error instanceof StorageError) throw error
      const failures = (failing.get(id)?.failures ?? 0) + 1
      const retryAt = clock() + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20))
      failing.delete(id)
      failing.set(id, { failures, retryAt })
      for (const oldest of failing.keys()) {
        if (failing.size <= MAX_WAITING) break
        failing.delete(oldest)
      }
      log.error({ err: error, profile: id, failures, retryAt }, 'a profile could not be put together')
    }
  }
}
