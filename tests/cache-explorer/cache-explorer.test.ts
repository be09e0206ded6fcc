import { expect, test } from 'vitest'
import { NARROW_TERRAINS } from './actions.ts'
import { explore } from './explore.ts'

const schedules = Number(process.env['TEST_SCHEDULES'] ?? 2_000)
const seed = process.env['TEST_SEED']
const path = process.env['TEST_PATH']

test(
  'nothing older than its fence, and nobody else’s, is served as fresh in any schedule',
  { timeout: 3_600_000 },
  async () => {
    const {
      failed,
      numRuns,
      seed: used,
      counterexamplePath,
      errorInstance,
    } = await explore({
      schedules,
      ...(seed === undefined ? {} : { seed: Number(seed) }),
      ...(path === undefined ? {} : { path }),
    })
    if (failed) {
      throw new Error(
        `a schedule broke a promise: npm run explore -- --seed ${used} --path ${String(counterexamplePath)} shows it again`,
        { cause: errorInstance },
      )
    }
    expect(numRuns).toBe(path === undefined ? schedules : 1)
  },
)

test.each(NARROW_TERRAINS)('nor where little else happens: %s', { timeout: 3_600_000 }, async (terrain) => {
  const {
    failed,
    seed: used,
    errorInstance,
  } = await explore({ schedules: Math.ceil(schedules / 20), terrain })
  if (failed) throw new Error(`a schedule broke a promise, with seed ${used}`, { cause: errorInstance })
})
