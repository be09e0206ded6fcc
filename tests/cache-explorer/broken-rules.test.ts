import { describe, expect, test } from 'vitest'
import { BROKEN_RULES, withoutRule } from './broken-rules.ts'
import { Violation } from './check-read.ts'
import { explore } from './explore.ts'

/** Most are noticed among the first hundred, the last one among a few thousand. */
const WITHIN_SCHEDULES = 3_000

describe('the explorer notices when', () => {
  test.each(Object.entries(BROKEN_RULES))(
    '%s',
    { timeout: 600_000 },
    async (_, { rule, terrain = 'wide' }) => {
      const { failed, errorInstance, numRuns } = await withoutRule(rule, (world) =>
        explore({ schedules: WITHIN_SCHEDULES, seed: Number(process.env['TEST_SEED'] ?? 1), terrain }, world),
      )
      console.log(_, numRuns, String(errorInstance))
      expect(failed).toBe(true)
      expect(errorInstance).toBeInstanceOf(Violation)
    },
  )
})
