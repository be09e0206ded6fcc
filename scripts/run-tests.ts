import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectRoot } from '../platform/project-root.ts'

/*
 * `run-tests.js FOLDER [--name value …]`: the tests of one folder, told each option as `TEST_NAME=value`. Options that
 * vitest does not know would be refused by it.
 */
const [folder = 'tests', ...rest] = process.argv.slice(2)
const env = { ...process.env }
for (let i = 0; i < rest.length; i += 2) {
  const [name, value] = [rest[i], rest[i + 1]]
  if (!name?.startsWith('--') || value === undefined) {
    throw new Error(`expected --name value, got "${rest.slice(i).join(' ')}"`)
  }
  env[`TEST_${name.slice(2).replaceAll('-', '_').toUpperCase()}`] = value
}
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const child = spawn(process.execPath, [vitest, 'run', folder], {
  cwd: projectRoot(import.meta.url),
  env,
  stdio: 'inherit',
})
child.once('close', (code) => (process.exitCode = code ?? 1))
