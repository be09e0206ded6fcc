import { describe, expect, test } from 'vitest'
import { BROKEN_RULES } from './broken-rules.ts'
import { Violation } from './monitor.ts'
import { runSeed } from './run-seed.ts'

const WITHIN_SEEDS = 3_000
/** The rarest shows in one world of six hundred: a minute on a machine that others use too. */
const TIMEOUT_MS = 240_000

describe('the simulator notices when', () => {
  test.each(Object.keys(BROKEN_RULES))('%s', { timeout: TIMEOUT_MS }, async (name) => {
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
