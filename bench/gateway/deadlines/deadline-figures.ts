import { figure, type Figure } from '../../support/figures.ts'
import type { RunningSubgraphs } from '../running.ts'
import { DEADLINE_MS, measureDeadlines, type DeadlineCase } from './measure-deadlines.ts'
import type { TimedLoadResult } from './timed-load.ts'

/**
 * By how much renders miss their deadline, for each fault, from the first request after a start. Below zero is in time.
 */
export async function deadlineFigures(
  subgraphs: RunningSubgraphs,
  cases: readonly DeadlineCase[],
  seconds: number,
): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const each of cases) {
    const result = await measureDeadlines(subgraphs, each, seconds)
    console.error(`${each.name}: p99.9 ${result.p999Ms.toFixed(1)} ms, max ${result.maxMs.toFixed(1)} ms`)
    figures.push(...figuresOf(each, result))
  }
  return figures
}

function figuresOf({ name, connections, pauseMs }: DeadlineCase, result: TimedLoadResult): Figure[] {
  const { requests, p999Ms, maxMs, statuses, outcomes, longestPauseMs } = result
  const conditions =
    `deadline ${DEADLINE_MS} ms, c=${connections}${pauseMs > 0 ? `, pause ${pauseMs} ms` : ''}, ` +
    `${requests} requests from the start on, ${counts(statuses)}: ${counts(outcomes)}; ` +
    `the measuring program itself was held up for up to ${longestPauseMs.toFixed(0)} ms`
  return [
    figure(`${name}: p99.9 over the deadline`, p999Ms - DEADLINE_MS, 'ms', conditions, {
      op: '<=',
      value: 10,
    }),
    figure(`${name}: longest over the deadline`, maxMs - DEADLINE_MS, 'ms', conditions, {
      op: '<=',
      value: 50,
    }),
  ]
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
