import { cpus } from 'node:os'

/** One measured number. */
export interface Figure {
  name: string
  value: number
  unit: string
  goal: { op: '<=' | '>='; value: number } | null
  peer: { name: string; value: number; ratio: number } | null
  conditions: string
}

export interface BenchReport {
  bench: string
  machine: string
  figures: Figure[]
}

export function machine(): string {
  const [first] = cpus()
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown'}, node ${process.version}, ${process.platform}`
}

export function figure(
  name: string,
  value: number,
  unit: string,
  conditions: string,
  goal: Figure['goal'] = null,
): Figure {
  return { name, value: Number(value.toPrecision(4)), unit, goal, peer: null, conditions }
}

/** A table for people; `--json` prints the report itself. */
export function printTable({ bench, machine, figures }: BenchReport): void {
  console.log(`${bench} on ${machine}`)
  console.table(
    Object.fromEntries(
      figures.map(({ name, value, unit, goal, conditions }) => [
        name,
        {
          value,
          unit,
          goal: goal ? `${goal.op} ${goal.value}` : '',
          met: goal ? met(value, goal) : '',
          conditions,
        },
      ]),
    ),
  )
}

function met(value: number, goal: NonNullable<Figure['goal']>): string {
  return (goal.op === '<=' ? value <= goal.value : value >= goal.value) ? 'yes' : 'no'
}

/** The value below which a share of the samples lies, by nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
