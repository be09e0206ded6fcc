import { spawn } from 'node:child_process'
import { checkBoundaries } from './check-boundaries.ts'
import { checkEngines } from './check-engines.ts'
import { checkLicences } from './check-licences.ts'
import { projectRoot } from '../platform/project-root.ts'

const root = projectRoot(import.meta.url)

/**
 * Everything that must hold before a commit, side by side; exits 1 and shows the output of each that failed.
 * `--without-tests` leaves the unit tests to a run of their own.
 */
const CHECKS: readonly { name: string; run: () => Promise<CheckResult> }[] = [
  // The longest come first: what is short fills the other place meanwhile.
  { name: 'unit tests', run: () => program('vitest', ['run', '--project', 'unit', '--reporter', 'dot']) },
  { name: 'types', run: () => program('tsc', ['-p', 'tsconfig.json']) },
  {
    name: 'format',
    run: () =>
      program('prettier', ['--check', '--cache', '--cache-strategy', 'content', '--log-level', 'warn', '.']),
  },
  { name: 'lint', run: () => program('oxlint', ['--type-aware', '--quiet']) },
  { name: 'boundaries', run: () => checkBoundaries(root) },
  { name: 'generated files', run: () => script('dist/scripts/generate.js', ['--check']) },
  { name: 'licences', run: () => Promise.resolve(checkLicences(root)) },
  { name: 'engines', run: () => Promise.resolve(checkEngines(root)) },
]

export interface CheckResult {
  ok: boolean
  output: string
}

/** Two at a time: as many as the smallest machine that this must be quick on has cores. */
const AT_ONCE = 2

const withoutTests = process.argv.includes('--without-tests')
const queue = CHECKS.filter(({ name }) => !(withoutTests && name === 'unit tests'))
let failed = 0
await Promise.all(Array.from({ length: AT_ONCE }, work))
process.exitCode = failed > 0 ? 1 : 0

async function work(): Promise<void> {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const started = performance.now()
    const { ok, output } = await check.run()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`)
    if (ok) continue
    failed++
    console.log(output.trimEnd())
  }
}

function program(name: string, args: readonly string[]): Promise<CheckResult> {
  return run(`node_modules/.bin/${name}`, args)
}

function script(path: string, args: readonly string[]): Promise<CheckResult> {
  return run(process.execPath, [path, ...args])
}

function run(command: string, args: readonly string[]): Promise<CheckResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}
