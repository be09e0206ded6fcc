import { defineConfig } from 'vitest/config'
import { ClosingLine } from './tests/support/closing-line.ts'

const exclude = ['**/node_modules/**', 'dist/**']

export default defineConfig({
  oxc: { target: 'node20' },
  // As Node resolves it. Vite would take the ES module build, and packages that require graphql get the other one:
  // two copies, which refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    reporters: ['default', new ClosingLine()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
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
      { extends: true, test: { name: 'slow', include: ['**/*.slow.test.ts'], exclude } },
      {
        extends: true,
        test: { name: 'system', include: ['tests/**/*.test.ts'], exclude, testTimeout: 120_000 },
      },
    ],
  },
})
