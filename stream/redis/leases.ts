import { partitionOf } from '../partition.ts'
import type { Leases } from '../ports.ts'
import { inOrderOfArrival } from '../roster.ts'
import type { RedisClient } from './client.ts'
import { leaseKey, rosterKey } from './keys.ts'
import { createScript } from './script.ts'
import { ACQUIRE, RENEW } from './scripts/lease.ts'
import { JOIN } from './scripts/roster.ts'

const acquireScript = createScript(ACQUIRE)
const renewScript = createScript(RENEW)
const joinScript = createScript(JOIN)

/** Since when, id and note. */
type Place = [since: string, id: string, note: string]

export function createRedisLeases(options: { client: RedisClient; partitions: number }): Leases {
  const { client, partitions } = options
  const keyOf = (roster: string): string => rosterKey(partitionOf('roster', roster, partitions), roster)
  return {
    async join(roster, { id, note }, ttlMs) {
      const places = (await joinScript.run(client, [keyOf(roster)], [id, note, ttlMs])) as Place[]
      return inOrderOfArrival(
        places.map(([since, member, told]) => ({ id: member, note: told, since: Number(since) })),
      )
    },
    async leave(roster, id) {
      await client.hdel(keyOf(roster), id).catch(() => undefined)
    },
    async acquire(name, ttlMs) {
      const key = leaseKey(partitionOf('lease', name, partitions), name)
      const token = (await acquireScript.run(client, [key], [ttlMs])) as string | null
      if (token === null) return null
      return {
        token: Number(token),
        renew: async () => (await renewScript.run(client, [key], [token, ttlMs])) === 1,
        async release() {
          await renewScript.run(client, [key], [token]).catch(() => undefined)
        },
      }
    },
  }
}
