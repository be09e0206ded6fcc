import { partitionOf } from '../partition.ts'
import type { Leases } from '../ports.ts'
import type { RedisClient } from './client.ts'
import { leaseKey } from './keys.ts'
import { createScript } from './script.ts'
import { ACQUIRE, RENEW } from './scripts/lease.ts'

const acquireScript = createScript(ACQUIRE)
const renewScript = createScript(RENEW)

export function createRedisLeases(options: { client: RedisClient; partitions: number }): Leases {
  const { client, partitions } = options
  return {
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
