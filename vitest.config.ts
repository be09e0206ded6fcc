import { defineConfig } from 'vitest/config'
import { ClosingLine } from './tests/support/closing-line.ts'

const exclude = ['node_modules/**', 'dist/**']

export default defineConfig({
  oxc: { target: 'node20' },
  test: {
    reporters: ['default', new ClosingLine()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...exclude, 'tests/**'] } },
      { extends: true, test: { name: 'system', include: ['tests/**/*.test.ts'], exclude, testTimeout: 120_000 } },
    ],
  },
})
