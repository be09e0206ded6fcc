import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DEADLINE_CASES,
  DEADLINE_MS,
  measureDeadlines,
} from '../bench/gateway/deadlines/measure-deadlines.ts'
import { startSubgraphs, type RunningSubgraphs } from '../bench/gateway/running.ts'
import { holdsOnce } from './support/holds-once.ts'

/**
 * The same as `npm run bench -- gateway --deadlines`, which is for a quiet machine and has the real bounds: p99.9 within
 * 10 ms over the deadline, all within 50. Here other tests take the cores away for as long as they like, so these are the
 * bounds of what no such pause explains; without any of the deadline's machinery a render takes seconds.
 */
const CASES: { name: string; typicallyOverMs: number; atMostOverMs: number; connections?: number }[] = [
  { name: 'silent', typicallyOverMs: 50, atMostOverMs: 600 },
  { name: 'half', typicallyOverMs: 50, atMostOverMs: 600 },
  { name: 'garbage', typicallyOverMs: 50, atMostOverMs: 600 },
  { name: 'huge', typicallyOverMs: 50, atMostOverMs: 600 },
  { name: 'overload, silent', typicallyOverMs: 1_000, atMostOverMs: 1_500, connections: 300 },
]

describe('renders from the first moment after a start', () => {
  let subgraphs: RunningSubgraphs

  beforeAll(async () => {
    subgraphs = await startSubgraphs()
  })
  afterAll(() => subgraphs[Symbol.asyncDispose]())

  test.each(CASES)(
    'are all answered with 200 inside the deadline: $name',
    async ({ name, typicallyOverMs, atMostOverMs, connections }) => {
      const found = DEADLINE_CASES.find((each) => each.name === name)
      if (!found) throw new Error(`there is no case "${name}"`)
      const wrong: Record<string, number>[] = []
      await holdsOnce(async () => {
        const result = await measureDeadlines(
          subgraphs,
          { ...found, ...(connections ? { connections } : {}) },
          1,
        )
        const { '200': _, ...others } = result.statuses
        if (Object.keys(others).length > 0) wrong.push(others)
        expect(result.requests).toBeGreaterThan(50)
        expect(result.outcomes['fresh'] ?? 0).toBeLessThan(result.requests / 2)
        expect(result.p50Ms).toBeLessThan(DEADLINE_MS + typicallyOverMs)
        expect(result.maxMs).toBeLessThan(DEADLINE_MS + atMostOverMs + result.longestHoldMs)
      })
      expect(wrong).toEqual([])
    },
  )
})
