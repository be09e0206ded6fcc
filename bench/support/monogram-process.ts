import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../../platform/project-root.ts'
import { endWithThisProcess } from './end-with-this-process.ts'

const root = projectRoot(import.meta.url)

/** The real program with a data folder of its own, as benches and tests across processes use it. */
export interface MonogramProcess extends AsyncDisposable {
  url: string
  pid: number
  dataDir: string
  /** What it has printed on stdout and stderr. */
  output(): string
  /** SIGKILL; resolves when it is gone. The data folder stays until disposal. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

export interface MonogramProcessOptions {
  /** Default: a temporary folder that is removed on disposal. */
  dataDir?: string
  demo?: boolean
  /** Default: `start`, with or without the demo. */
  args?: readonly string[]
  env?: Record<string, string>
  readyWithinMs?: number
}

const program = join(root, 'bin', 'monogram.js')

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'monogram-'))
}

/** Starts the server and resolves when it answers that it is ready. */
export async function startMonogram(options: MonogramProcessOptions = {}): Promise<MonogramProcess> {
  const dataDir = options.dataDir ?? temporaryFolder()
  const args = options.args ?? ['start', ...(options.demo ? [] : ['--no-demo'])]
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, MONOGRAM_PORT: '0', MONOGRAM_DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithThisProcess(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000)
    })
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const url = await ready(child, exited, () => output, options.readyWithinMs ?? 60_000).catch(
    (error: unknown) => {
      child.kill('SIGKILL')
      throw error
    },
  )

  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    output: () => output,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    stop() {
      child.kill('SIGTERM')
      return exited
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export interface CommandResult {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs `monogram <args>` to its end. */
export async function runMonogram(
  args: readonly string[],
  options: { dataDir: string; env?: Record<string, string>; onSpawn?: (child: ChildProcess) => void },
): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, MONOGRAM_DATA_DIR: options.dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithThisProcess(child)
  options.onSpawn?.(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}

/** Makes an API key with `monogram keys create`, which works beside a running server as well as without. */
export async function createKey(
  dataDir: string,
  scopes: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const args = [
    'keys',
    'create',
    '--name',
    'bench',
    ...scopes.flatMap((scope) => ['--scope', scope]),
    '--json',
  ]
  const { code, stdout, stderr } = await runMonogram(args, { dataDir, env })
  if (code !== 0) throw new Error(`monogram ${args.join(' ')} failed: ${stderr}`)
  return (JSON.parse(stdout) as { key: string }).key
}

/** Resident memory of a process in megabytes, from /proc; null where there is no /proc. */
export function residentMegabytes(pid: number): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) / 1024
  } catch {
    return null
  }
}

async function ready(
  child: ChildProcess,
  exited: Promise<unknown>,
  output: () => string,
  withinMs: number,
): Promise<string> {
  const url = await Promise.race([
    printedUrl(child),
    exited.then(() => Promise.reject(new Error(`monogram ended before it was ready:\n${output()}`))),
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`monogram was not ready in time:\n${output()}`)), withinMs).unref(),
    ),
  ])
  return url
}

/** The address that `monogram start` prints once it listens. Stays open when the output ends without: the exit tells why. */
function printedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /https?:\/\/[\w.:[\]-]+:\d+/.exec(line)?.[0]
      if (url !== undefined) resolve(url)
    })
  })
}
