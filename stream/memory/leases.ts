import type { Clock } from '../../platform/clock.ts'
import type { Leases } from '../ports.ts'
import { inOrderOfArrival, type Place } from '../roster.ts'

/** The leases of one process. */
export function createMemoryLeases({ clock }: { clock: Clock }): Leases {
  const held = new Map<string, { token: number; until: number }>()
  const rosters = new Map<string, Map<string, Place & { until: number }>>()
  let tokens = 0
  return {
    join(roster, { id, note }, ttlMs) {
      const places = rosters.get(roster) ?? new Map<string, Place & { until: number }>()
      rosters.set(roster, places)
      const now = clock()
      for (const { id: other, until } of places.values()) if (until <= now) places.delete(other)
      places.set(id, { id, note, since: places.get(id)?.since ?? ++tokens, until: now + ttlMs })
      return Promise.resolve(inOrderOfArrival([...places.values()]))
    },
    leave(roster, id) {
      rosters.get(roster)?.delete(id)
      return Promise.resolve()
    },
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
