import { expect } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { Storage, StoredEvent } from '../../storage/ports.ts'
import { PEOPLE } from './load.ts'

/** Every acknowledged event is stored once, and the figures of everybody are what a recount of the log gives. */
export async function expectAllCounted(storage: Storage, acknowledged: readonly string[]): Promise<void> {
  const log: StoredEvent[] = []
  for (let after: string | null = null, more = true; more;) {
    const page: Awaited<ReturnType<typeof storage.events.scan>> = await storage.events.scan(
      null,
      after,
      1_000,
    )
    log.push(...page.events)
    after = page.next
    more = after !== null
  }
  const stored = new Map<string, number>()
  for (const { messageId } of log) stored.set(messageId, (stored.get(messageId) ?? 0) + 1)
  expect(acknowledged.filter((id) => stored.get(id) !== 1)).toEqual([])
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(log.filter(({ state }) => state !== 'folded')).toEqual([])

  const ids = PEOPLE.map((person) => homeProfile(`userId:${person}`))
  const profiles = await storage.profiles.get(ids)
  const shown = ids.map((id) => profiles.get(id)?.view.metrics['USD']?.orders ?? 0)
  const counted = PEOPLE.map((person) => log.filter(({ identity }) => identity === `userId:${person}`).length)
  expect(shown).toEqual(counted)
  // An order counts once by its number, whatever happens: what would be applied twice shows in the number of events.
  expect(ids.map((id) => profiles.get(id)?.view.eventCount ?? 0)).toEqual(counted)
  expect(await storage.profiles.findOutbox(null, 1)).toEqual([])
}
