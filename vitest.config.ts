import { defineConfig } from 'vitest/config'
import { ClosingLine } from './tests/support/closing-line.ts'
import { LongestFirst } from './tests/support/longest-first.ts'

const exclude = ['**/node_modules/**', 'dist/**']
const setupFiles = ['tests/support/end-with-the-run.ts']
const timed = ['tests/deadlines.test.ts', 'tests/faults/**/*.test.ts']

export default defineConfig({
  oxc: { target: 'node20' },
  // As Node resolves it. Vite would take the ES module build, and packages that require graphql get the other one:
  // two copies, which refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    reporters: ['default', new ClosingLine()],
    // What hangs is given up. What is slow is not: a machine that others use is ten times slower now and then.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      // `check:fast` runs these alone. They share nothing but modules, which are loaded once for all files of a thread.
      {
        extends: true,
        test: {
          name: 'unit',
          pool: 'threads',
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [...exclude, 'tests/**', '**/*.slow.test.ts'],
        },
      },
      // Most of these wait for processes that they started: two at a time, even where there are only two cores. With three,
      // an import of twenty seconds took two minutes.
      {
        extends: true,
        test: {
          name: 'slow',
          setupFiles,
          include: ['**/*.slow.test.ts'],
          exclude,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          setupFiles,
          include: ['tests/**/*.test.ts'],
          exclude: [...exclude, ...timed],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      // One at a time, after all others: they hold answers to milliseconds.
      {
        extends: true,
        test: {
          name: 'timed',
          setupFiles,
          include: timed,
          exclude,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
