import { expect } from 'vitest'
import type { Storage } from '../../storage/ports.ts'
import { eventually } from './eventually.ts'

/** Resolves when every event in the log is folded, linked, materialised and told. */
export async function everythingDone(storage: Storage, withinMs = 120_000): Promise<void> {
  await eventually(async () => {
    const [{ pending }, unlinked, dirty, { outbox }] = await Promise.all([
      storage.events.backlog(),
      storage.events.findUnlinked(1),
      storage.trails.findDirty(null, 1),
      storage.profiles.stats(),
    ])
    expect({ pending, unlinked, dirty, outbox }).toEqual({ pending: 0, unlinked: [], dirty: [], outbox: 0 })
  }, withinMs)
}
