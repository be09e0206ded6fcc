import type { Clock } from '../../platform/clock.ts'
import type { Leases } from '../ports.ts'

/** The leases of one process. */
export function createMemoryLeases({ clock }: { clock: Clock }): Leases {
  const held = new Map<string, { token: number; until: number }>()
  let tokens = 0
  return {
    acquire(name, ttlMs) {
      if ((held.get(name)?.until ?? -Infinity) > clock()) return Promise.resolve(null)
      const token = ++tokens
      const isHeld = (): boolean => {
        const lease = held.get(name)
        return lease?.token === token && lease.until > clock()
      }
      held.set(name, { token, until: clock() + ttlMs })
      return Promise.resolve({
        token,
        renew() {
          const renewed = isHeld()
          if (renewed) held.set(name, { token, until: clock() + ttlMs })
          return Promise.resolve(renewed)
        },
        release() {
          if (isHeld()) held.delete(name)
          return Promise.resolve()
        },
      })
    },
  }
}
