import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { target: 'node20' },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
