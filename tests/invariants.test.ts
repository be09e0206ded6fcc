import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const PROMISED = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I13', 'I14']

test('docs/invariants.md names tests that exist, for each invariant of the event path', () => {
  const page = read('docs/invariants.md')
  const named: string[] = []
  for (const section of page.split(/^## /m).slice(1)) {
    const tests = [...section.matchAll(/^- `([^`]+)`: (.+)$/gm)]
    if (tests.length > 0) named.push(section.slice(0, section.indexOf(':')))
    for (const [, file = '', name = ''] of tests) expect(read(file), `${file}: ${name}`).toContain(name)
  }
  expect(named).toEqual(expect.arrayContaining(PROMISED))
})

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
}
