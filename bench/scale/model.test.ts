import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../platform/project-root.ts'
import { CHOSEN, MEASURED } from './assumptions.ts'
import { scaleModel, valuesOf } from './model.ts'

const page = readFileSync(join(projectRoot(import.meta.url), 'docs/scaling.md'), 'utf8')

/** The rows of the table below a heading, without heads and rules. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const lines = section.split('\n## ')[0]?.split('\n') ?? []
  const rows = lines.filter((line) => line.startsWith('|')).slice(2)
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
}

test('docs/scaling.md shows what the model counts with', () => {
  const assumptions = Object.values({ ...CHOSEN, ...MEASURED })
  expect(tableBelow('What the model counts with')).toEqual(
    assumptions.map(({ name, value, unit, source }) => [name, shown(value), unit, source]),
  )
})

test('docs/scaling.md shows what the model comes to', () => {
  expect(tableBelow('A hundred million people, a million renders a minute')).toEqual(
    scaleModel().map(({ name, value, unit, conditions }) => [name, shown(value), unit, conditions]),
  )
})

test('ten times the load needs ten times the processes, and as much memory for as many people', () => {
  const given = valuesOf({ ...CHOSEN, ...MEASURED })
  const more = { ...given, rendersPerMinute: given.rendersPerMinute * 10, eventsPerS: given.eventsPerS * 10 }
  const of = (figures: ReturnType<typeof scaleModel>, name: string): number =>
    figures.find((each) => each.name === name)?.value ?? Number.NaN
  for (const name of ['gateways', 'workers', 'MongoDB calls', 'entities in Redis']) {
    const ratio = of(scaleModel(more), name) / of(scaleModel(given), name)
    expect(ratio, name).toBeGreaterThan(9)
    expect(ratio, name).toBeLessThan(10.1)
  }
  expect(of(scaleModel(more), 'MongoDB data')).toBe(of(scaleModel(given), 'MongoDB data'))
})

test('a gateway that takes 1 ms a render does 600 of them a second when it may be busy for 0.6', () => {
  const given = { ...valuesOf({ ...CHOSEN, ...MEASURED }), gatewayCpuMs: 1, utilisation: 0.6 }
  const [, gateways] = scaleModel({ ...given, rendersPerMinute: 60 * 6_000 })
  expect(gateways).toMatchObject({ name: 'gateways', value: 10 })
})
