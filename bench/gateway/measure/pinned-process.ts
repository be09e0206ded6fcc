import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { endWithThisProcess } from '../../support/end-with-this-process.ts'

/** The gateway has a core to itself; subgraphs and load share the other. */
export const GATEWAY_CORE = 0
export const OTHER_CORE = 1

/** Where it is false, nothing is pinned and the figures say so. */
export const canPin = cpus().length >= 2 && spawnSync('taskset', ['--version']).status === 0

export interface PinnedProcess extends AsyncDisposable {
  pid: number
  /** The first line that it printed on stdout. */
  firstLine: Promise<string>
  /** The end of what it printed. */
  output(): string
  hasEnded(): boolean
}

export interface PinnedProcessOptions {
  command: readonly [string, ...string[]]
  core: number
  cwd: string
  env?: Record<string, string>
}

/** Starts a program on one core, in the environment of production. Disposal ends it: SIGTERM, and SIGKILL after a while. */
export function startPinned({ command, core, cwd, env }: PinnedProcessOptions): PinnedProcess {
  const [program, ...args] = pinned(command, core)
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithThisProcess(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000)
    })
  }
  const ended = once(child, 'close')
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const lines = createInterface({ input: child.stdout })
  const firstLine = Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`${command.join(' ')} ended without a word:\n${output}`))),
  ])
  firstLine.catch(() => undefined)

  return {
    pid: child.pid ?? 0,
    firstLine,
    output: () => output,
    hasEnded,
    async [Symbol.asyncDispose]() {
      if (hasEnded()) return
      child.kill('SIGTERM')
      const patience = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
      await ended
      clearTimeout(patience)
    },
  }
}

export function pinned(command: readonly [string, ...string[]], core: number): [string, ...string[]] {
  return canPin ? ['taskset', '-c', String(core), ...command] : [...command]
}

/** The same for a program that is running, with all its threads. */
export function pinRunning(pid: number, core: number): void {
  if (canPin) spawnSync('taskset', ['-acp', String(core), String(pid)])
}

const KILL_AFTER_MS = 8_000
