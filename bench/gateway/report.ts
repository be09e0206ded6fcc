import { figure, percentile, type Figure } from '../support/figures.ts'
import type { Measurement } from './loads.ts'

/** Load to target to a measurement for each round. */
export type Results = Map<string, Map<string, Measurement[]>>

interface Ratio {
  load: string
  of: string
  to: string
  goal: NonNullable<Figure['goal']>
}

const RENDER = 'monogram /render'
const GRAPHQL = 'monogram /graphql'

/** CPU time of one target as a multiple of another's, which no machine's speed changes. */
const RATIOS: readonly Ratio[] = [
  { load: 'single c=128', of: RENDER, to: 'floor', goal: { op: '<=', value: 1.2 } },
  { load: 'single c=128', of: GRAPHQL, to: 'floor', goal: { op: '<=', value: 2 } },
  { load: 'batch c=4', of: RENDER, to: 'floor', goal: { op: '<=', value: 0.7 } },
  { load: 'single c=128', of: 'mercurius', to: RENDER, goal: { op: '>=', value: 4 } },
  { load: 'single c=128', of: 'hive', to: RENDER, goal: { op: '>=', value: 10 } },
  { load: 'single c=128', of: 'apollo', to: RENDER, goal: { op: '>=', value: 17 } },
]

const CALLS_GOAL = { load: 'single c=128', target: RENDER, goal: { op: '<=', value: 1.4 } } as const

/** Ratios with their goals first, then what each load showed of each target. */
export function reportFigures(
  results: Results,
  conditions: string,
  leftOut: ReadonlyMap<string, string>,
): Figure[] {
  return [
    ...RATIOS.flatMap((ratio) => ratioFigure(results, ratio, conditions, leftOut)),
    ...[...results].flatMap(([load, targets]) =>
      [...targets].flatMap(([target, rounds]) => targetFigures(results, load, target, rounds, conditions)),
    ),
  ]
}

function ratioFigure(
  results: Results,
  { load, of, to, goal }: Ratio,
  conditions: string,
  leftOut: ReadonlyMap<string, string>,
): Figure[] {
  const [value, base] = [cpuOf(results, load, of), cpuOf(results, load, to)]
  const name = `${load}: CPU of ${of} / CPU of ${to}`
  if (value !== null && base !== null) {
    const rounds = [of, to].flatMap((target) => results.get(load)?.get(target) ?? [])
    return [figure(name, value / base, 'x', conditionsOf(rounds, conditions), goal)]
  }
  const reason = leftOut.get(of) ?? leftOut.get(to)
  // Without a number there is nothing that could meet the goal.
  return reason === undefined ? [] : [figure(name, Number.NaN, 'x', `left out: ${reason}`, goal)]
}

function targetFigures(
  results: Results,
  load: string,
  target: string,
  rounds: readonly Measurement[],
  conditions: string,
): Figure[] {
  const noted = conditionsOf(rounds, conditions)
  const row = (name: string, of: (round: Measurement) => number, unit: string): Figure => {
    return figure(`${load}, ${target}: ${name}`, percentile(rounds.map(of), 0.5), unit, noted)
  }
  const calls = row('subgraph calls', (round) => round.subgraphCallsPerRequest, 'calls/request')
  if (load === CALLS_GOAL.load && target === CALLS_GOAL.target) calls.goal = CALLS_GOAL.goal
  return [
    withFloor(
      results,
      load,
      target,
      row('CPU', (round) => round.cpuMsPerRequest, 'ms/request'),
    ),
    row('throughput', (round) => round.requestsPerSecond, 'requests/s'),
    row('p50', (round) => round.p50Ms, 'ms'),
    row('p99', (round) => round.p99Ms, 'ms'),
    calls,
  ]
}

/** With what was not as it should be. */
function conditionsOf(rounds: readonly Measurement[], conditions: string): string {
  const failures = rounds.reduce((sum, round) => sum + round.failures, 0)
  const otherWork = Math.max(...rounds.map((round) => round.otherWork))
  return [
    conditions,
    ...(otherWork < NOTEWORTHY_OTHER_WORK
      ? []
      : [`up to ${Math.round(otherWork * 100)} % of the gateway's core went to other programs`]),
    ...(failures === 0 ? [] : [`${failures} failed or wrong`]),
  ].join('; ')
}

const NOTEWORTHY_OTHER_WORK = 0.05

function withFloor(results: Results, load: string, target: string, cpu: Figure): Figure {
  const floor = cpuOf(results, load, 'floor')
  if (floor === null || target === 'floor') return cpu
  const ratio = Number((cpu.value / floor).toPrecision(4))
  return { ...cpu, peer: { name: 'floor', value: Number(floor.toPrecision(4)), ratio } }
}

function cpuOf(results: Results, load: string, target: string): number | null {
  const rounds = results.get(load)?.get(target)
  return rounds
    ? percentile(
        rounds.map((round) => round.cpuMsPerRequest),
        0.5,
      )
    : null
}
