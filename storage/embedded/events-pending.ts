import type { EventStore } from '../ports.ts'
import { idList } from './encode.ts'
import type { Reader } from './reader.ts'

/** What waits to be folded: each read goes through what waits, by an index that holds nothing else. */
export function eventsPending(reader: Reader): Pick<EventStore, 'oldestPending' | 'backlog'> {
  const oldest = reader.prepare<[groupNo: number, receivedAt: number | null]>(`
    SELECT g.key, (SELECT min(received_at) FROM events WHERE state = 'pending' AND identity = i.value)
    FROM json_each(?) AS g CROSS JOIN json_each(g.value) AS i`)
  const waiting = reader.prepare<[pending: number, oldestReceivedAt: number | null, parked: number]>(`
    SELECT count(*), min(received_at), (SELECT count(*) FROM events WHERE state = 'parked')
    FROM events WHERE state = 'pending'`)

  return {
    oldestPending: async (groups) => {
      const found = groups.map((): number | null => null)
      for (const [groupNo, receivedAt] of oldest.all(`[${groups.map(idList).join(',')}]`)) {
        const before = found[groupNo] ?? null
        if (receivedAt !== null) found[groupNo] = Math.min(before ?? receivedAt, receivedAt)
      }
      return found
    },
    backlog: async () => {
      const [pending, oldestReceivedAt, parked] = waiting.get() ?? [0, null, 0]
      return { pending, parked, oldestReceivedAt }
    },
  }
}
