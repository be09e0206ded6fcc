import { expect, test } from 'vitest'
import { runSeed } from './run-seed.ts'

const FIRST = Number(process.env['TEST_SEED'] ?? 1)
const SEEDS = Number(process.env['TEST_SEEDS'] ?? (process.env['TEST_SEED'] === undefined ? 1_500 : 1))

test('nothing is lost, doubled or left behind in any world', { timeout: 3_600_000 }, async () => {
  let steps = 0
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const world = await runSeed(seed).catch((cause: unknown) => {
      throw new Error(`seed ${seed} broke a promise; \`npm run simulate -- --seed ${seed}\` shows it again`, {
        cause,
      })
    })
    steps += world.steps
  }
  expect(steps).toBeGreaterThan(0)
})
