import { z } from 'zod'
import type { ReplayCounts, ReplayScope, ReplaySummary } from '../ingest/replay.ts'
import { logBegins } from '../ingest/retain.ts'
import type { CommandContext } from './control/protocol.ts'
import type { Services } from './services.ts'

export interface ReplayResult extends ReplaySummary {
  scope: ReplayScope['kind']
  seconds: number
  /** How many events of the whole store are parked now. */
  parked: number
  /** The log begins here: what happened before it is as it was sealed, by the fold of then. Null: all is there. */
  logBegins: number | null
}

export type ReplayMessage = ReplayCounts & { seconds: number }

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('parked') }),
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('since'), since: z.number() }),
  z.object({ kind: z.literal('profile'), id: z.string() }),
])

const PROGRESS_EVERY_MS = 250

/** Carries out a replay; `settled` resolves when what it released and changed can be read. */
export async function runReplay(
  { replay, storage, clock }: Services,
  args: unknown,
  { onProgress, signal }: CommandContext,
  settled: () => Promise<void>,
): Promise<ReplayResult> {
  const scope = scopeSchema.parse(args)
  const startedAt = clock()
  const seconds = (): number => (clock() - startedAt) / 1_000
  let shownAt = -Infinity
  const summary = await replay(scope, {
    signal,
    onProgress(counts) {
      if (clock() - shownAt < PROGRESS_EVERY_MS) return
      shownAt = clock()
      onProgress({ ...counts, seconds: seconds() } satisfies ReplayMessage)
    },
  })
  await settled()
  const { parked } = await storage.events.stats()
  return { ...summary, scope: scope.kind, seconds: seconds(), parked, logBegins: await logBegins(storage) }
}
