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
    const { p999Ms, maxMs, ownP999Ms, ownMaxMs } = result
    console.error(
      `${each.name}: p99.9 ${p999Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms; ` +
        `without what the machine took ${ownP999Ms.toFixed(1)} and ${ownMaxMs.toFixed(1)} ms`,
    )
    figures.push(...figuresOf(each, result))
  }
  return figures
}

function figuresOf({ name, connections, pauseMs }: DeadlineCase, result: TimedLoadResult): Figure[] {
  const { requests, p999Ms, maxMs, ownP999Ms, ownMaxMs, statuses, outcomes } = result
  const conditions =
    `deadline ${DEADLINE_MS} ms, c=${connections}${pauseMs > 0 ? `, pause ${pauseMs} ms` : ''}, ` +
    `${requests} requests from the start on, ${counts(statuses)}: ${counts(outcomes)}; ` +
    `without what the machine took: p99.9 ${overBy(ownP999Ms)}, longest ${overBy(ownMaxMs)} ` +
    `(the gateway had no core for up to ${result.longestWaitMs.toFixed(0)} ms of an answer, ` +
    `the measuring program saw one up to ${result.longestHoldMs.toFixed(0)} ms late)`
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

function overBy(ms: number): string {
  const over = ms - DEADLINE_MS
  return `${over < 0 ? '' : '+'}${over.toFixed(1)} ms`
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
