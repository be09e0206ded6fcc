import { describe, expect, test } from 'vitest'
import { BROKEN_RULES } from './broken-rules.ts'
import { Violation } from './monitor.ts'
import { runSeed } from './run-seed.ts'

const WITHIN_SEEDS = 3_000

describe('the simulator notices when', () => {
  test.each(Object.keys(BROKEN_RULES))('%s', { timeout: 60_000 }, async (name) => {
    let seed = 0
    let noticed: unknown = null
    while (noticed === null && seed < WITHIN_SEEDS) {
      noticed = await runSeed(++seed, BROKEN_RULES[name]).then(
        () => null,
        (error: unknown) => error,
      )
    }
    expect(noticed).toBeInstanceOf(Violation)
  })
})
