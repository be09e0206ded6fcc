import { isSettled } from '../../ingest/is-settled.ts'
import type { Storage } from '../../storage/ports.ts'
import { eventually } from './eventually.ts'

/** Resolves when every event in the log is folded, linked, materialised and told. */
export async function everythingDone(storage: Storage, withinMs = 120_000): Promise<void> {
  await eventually(async () => {
    if (!(await isSettled(storage))) throw new Error(`work is left: ${JSON.stringify(await leftIn(storage))}`)
  }, withinMs)
}

async function leftIn({ events, identities, trails, profiles }: Storage): Promise<object> {
  const [backlog, unlinked, undos, pairs, batch, dirty, stats] = await Promise.all([
    events.backlog(),
    events.findUnlinked(1),
    identities.findPendingUndos(1),
    identities.findPendingPairs(1),
    identities.head(),
    trails.findDirty(null, 1),
    profiles.stats(),
  ])
  return {
    ...backlog,
    ...stats,
    unlinked,
    undos,
    pairs,
    batch: batch && { n: batch.n, done: batch.done },
    dirty,
  }
}
