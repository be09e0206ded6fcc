import { decideLinks, type IdentityRules } from '../../core/identity/decide-links.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { IdentityBatch } from '../../core/identity/identity-log.ts'
import type { Clock } from '../../platform/clock.ts'
import type { IdentityStore } from '../../storage/ports.ts'
import type { Materialise } from '../materialise.ts'

export interface IdentityLogOptions {
  identities: IdentityStore
  materialise: Materialise
  rules: IdentityRules
  clock: Clock
}

export interface IdentityLog {
  /** Finishes the newest batch when it is not done, then decides up to `limit` pending pairs. Any worker may call it at any time. */
  step(limit: number): Promise<{ decided: number; finished: boolean }>
}

/** The one total order of decisions about who is who: batch n exists once, and is finished before n + 1 is decided. */
export function createIdentityLog({
  identities,
  materialise,
  rules,
  clock,
}: IdentityLogOptions): IdentityLog {
  return {
    async step(limit) {
      const head = await identities.head()
      const unfinished = head !== null && !head.done
      if (unfinished) await finish(head)

      const pairs = await identities.findPendingPairs(limit)
      if (pairs.length === 0) return { decided: 0, finished: unfinished }
      const keys = [...new Set(pairs.flatMap((row) => row.pair))]
      const rows = await identities.rows(keys)
      const profiles = new Set(keys.map((key) => rows.get(key)?.profileId ?? homeProfile(key)))
      for (const row of await identities.rowsOfProfiles([...profiles])) rows.set(row.key, row)

      const batch: IdentityBatch = {
        n: (head?.n ?? 0) + 1,
        at: clock(),
        done: false,
        ...decideLinks(pairs, rows.values(), rules),
      }
      const inserted = await identities.insertBatch(batch)
      if (inserted) await finish(batch)
      return { decided: inserted ? pairs.length : 0, finished: unfinished }
    },
  }

  /** Safe to repeat, and for several workers at once: each row change is conditional on the row's sequence. */
  async function finish(batch: IdentityBatch): Promise<void> {
    await identities.putRows(
      batch.moves.map(({ key, to, since }) => ({
        key,
        home: homeProfile(key),
        profileId: to,
        seq: batch.n,
        since,
      })),
    )
    // Who loses a key is written first, so that no trail is ever missing from both.
    await materialise(batch.losers)
    await materialise(batch.gainers)
    await identities.clearPairs(batch.answers.map((answer) => answer.pairId))
    await identities.setBatchDone(batch.n)
  }
}
