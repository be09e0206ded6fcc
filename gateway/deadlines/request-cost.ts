import { performance } from 'node:perf_hooks'

/** What a request costs this process, measured while it works. */
export interface RequestCost {
  /** Of one that was begun, everything that is done for it included. */
  ms(): number
  begun(): void
  refused(): void
}

export interface RequestCostOptions {
  /** Until there is a measurement, which is when the first requests find everything cold. */
  initialMs?: number
  now?: () => number
  /** How long the event loop has worked, in all. */
  workedMs?: () => number
}

const WINDOW_MS = 50
/** Fewer say nothing: the loop does other things as well. */
const MIN_BEGUN = 20
const MIN_MS = 0.1
const MAX_MS = 5
/** From reading it to sending what stands for an answer: measured, 0.05 to 0.07. */
export const REFUSAL_MS = 0.06

/** What the loop has worked, divided by what it has begun. Machines differ, and what a document and a fault cost does too. */
export function createRequestCost({
  initialMs = 1,
  now = () => performance.now(),
  workedMs = () => performance.eventLoopUtilization().active,
}: RequestCostOptions = {}): RequestCost {
  let ms = initialMs
  let begun = 0
  let refused = 0
  let since = now()
  let workedBefore = workedMs()

  function measure(): void {
    if (begun < MIN_BEGUN || now() - since < WINDOW_MS) return
    const worked = workedMs()
    const measured = (worked - workedBefore - refused * REFUSAL_MS) / begun
    ms = Math.min(Math.max((ms + measured) / 2, MIN_MS), MAX_MS)
    begun = 0
    refused = 0
    since = now()
    workedBefore = worked
  }

  return {
    ms: () => ms,
    begun() {
      begun++
      measure()
    },
    refused() {
      refused++
    },
  }
}
