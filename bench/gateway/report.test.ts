import { expect, test } from 'vitest'
import type { Measurement } from './loads.ts'
import { reportFigures, type Results } from './report.ts'

const measured = (cpuMsPerRequest: number): Measurement => ({
  cpuMsPerRequest,
  requestsPerSecond: 1_000,
  p50Ms: 1,
  p99Ms: 2,
  subgraphCallsPerRequest: 1.3,
  failures: 0,
  otherWork: 0.01,
})

const LOAD = 'single c=128'

test('compares medians of the rounds, and holds them against the goals', () => {
  const results: Results = new Map([
    [
      LOAD,
      new Map([
        ['floor', [measured(0.1), measured(9), measured(0.1)]],
        ['monogram /render', [measured(0.2), measured(0.1), measured(0.11)]],
      ]),
    ],
  ])
  const figures = reportFigures(results, 'quiet', new Map())
  expect(figures[0]).toEqual({
    name: `${LOAD}: CPU of monogram /render / CPU of floor`,
    value: 1.1,
    unit: 'x',
    goal: { op: '<=', value: 1.2 },
    peer: null,
    conditions: 'quiet',
  })
  expect(figures).toContainEqual({
    name: `${LOAD}, monogram /render: CPU`,
    value: 0.11,
    unit: 'ms/request',
    goal: null,
    peer: { name: 'floor', value: 0.1, ratio: 1.1 },
    conditions: 'quiet',
  })
  expect(figures.find(({ name }) => name === `${LOAD}, monogram /render: subgraph calls`)?.goal).toEqual({
    op: '<=',
    value: 1.4,
  })
})

test('says of a peer that was left out why, and leaves its ratio without a number', () => {
  const results: Results = new Map([[LOAD, new Map([['monogram /render', [measured(0.1)]]])]])
  const leftOut = new Map([['apollo', 'not installed']])
  const ratio = reportFigures(results, 'quiet', leftOut)[0]
  expect(ratio).toMatchObject({ value: Number.NaN, conditions: 'left out: not installed' })
  expect(ratio?.name).toContain('apollo')
})

test('tells how many requests failed, and how busy the machine was with other things', () => {
  const measurement = { ...measured(0.1), failures: 3, otherWork: 0.42 }
  const results: Results = new Map([[LOAD, new Map([['floor', [measurement, measured(0.1)]]])]])
  expect(reportFigures(results, '3 s', new Map())[0]?.conditions).toBe(
    "3 s; up to 42 % of the gateway's core went to other programs; 3 failed or wrong",
  )
})
