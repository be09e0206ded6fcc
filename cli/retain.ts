import { z } from 'zod'
import type { RetainCounts, RetainSummary } from '../ingest/retain.ts'
import type { CommandContext } from './control/protocol.ts'
import type { Services } from './services.ts'

export interface RetainArgs {
  /** Events that happened more days ago are deleted. */
  days: number
}

export interface RetainResult extends RetainSummary {
  seconds: number
}

export type RetainMessage = RetainCounts & { seconds: number }

const DAY_MS = 86_400_000
const PROGRESS_EVERY_MS = 250
const argsSchema = z.object({ days: z.number() })

export async function runRetain(
  { retain, clock }: Services,
  args: unknown,
  { onProgress, signal }: CommandContext,
): Promise<RetainResult> {
  const { days } = argsSchema.parse(args)
  const startedAt = clock()
  const seconds = (): number => (clock() - startedAt) / 1_000
  let shownAt = -Infinity
  const summary = await retain(startedAt - days * DAY_MS, {
    signal,
    onProgress(counts) {
      if (clock() - shownAt < PROGRESS_EVERY_MS) return
      shownAt = clock()
      onProgress({ ...counts, seconds: seconds() } satisfies RetainMessage)
    },
  })
  return { ...summary, seconds: seconds() }
}
