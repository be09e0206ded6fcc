import { describe, expect, test } from 'vitest'
import { BROKEN_RULES, withoutRule } from './broken-rules.ts'
import { Violation } from './check-read.ts'
import { explore } from './explore.ts'

const WITHIN_SCHEDULES = 4_000

describe('the explorer notices when', () => {
  test.each(Object.entries(BROKEN_RULES))('%s', { timeout: 120_000 }, async (_name, rule) => {
    const { failed, errorInstance } = await withoutRule(rule, (world) =>
      explore({ schedules: WITHIN_SCHEDULES, seed: 1 }, world),
    )
    expect(failed).toBe(true)
    expect(errorInstance).toBeInstanceOf(Violation)
  })
})
