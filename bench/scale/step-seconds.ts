import { figure, type Figure } from '../support/figures.ts'
import type { MeasuredCluster } from './parties.ts'

/** Seconds that each step of these workers has taken so far, all together. */
export async function stepSeconds(on: MeasuredCluster, workers: number): Promise<Map<string, number>> {
  const steps = new Map<string, number>()
  for (let i = 0; i < workers; i++) {
    const headers = { authorization: `Bearer ${on.key}` }
    const response = await fetch(`${on.cluster.url(`worker-${i}`)}/metrics`, { headers })
    const pattern = /^monogram_event_step_duration_seconds_sum\{step="(\w+)"[^}]*\} (\S+)$/gm
    for (const [, step = '', seconds] of (await response.text()).matchAll(pattern)) {
      steps.set(step, (steps.get(step) ?? 0) + Number(seconds))
    }
  }
  return steps
}

/** How long each step took for an event, the waiting for the store included. */
export function stepFigures(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  { events, workers }: { events: number; workers: number },
): Figure[] {
  return Array.from(after, ([step, seconds]) =>
    figure(
      `${workers} workers: step ${step}, an event`,
      (1_000 * (seconds - (before.get(step) ?? 0))) / events,
      'ms',
      'the waiting for the store and for a core included',
    ),
  )
}
