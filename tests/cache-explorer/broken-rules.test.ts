import { describe, expect, test } from 'vitest'
import { BROKEN_RULES, withoutRule } from './broken-rules.ts'
import { Violation } from './check-read.ts'
import { explore } from './explore.ts'

/** Most are noticed among the first hundred, the last one among some thousands. */
const WITHIN_SCHEDULES = 12_000

describe('the explorer notices when', () => {
  test.each(Object.entries(BROKEN_RULES))(
    '%s',
    { timeout: 600_000 },
    async (_, { rule, terrain = 'wide' }) => {
      const { failed, errorInstance } = await withoutRule(rule, (world) =>
        explore({ schedules: WITHIN_SCHEDULES, seed: 1, terrain }, world),
      )
      expect(failed).toBe(true)
      expect(errorInstance).toBeInstanceOf(Violation)
    },
  )
})
