import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { endWithThisProcess } from '../../../bench/support/end-with-this-process.ts'

const START_WITHIN_MS = 30_000

export interface RunningProgram extends AsyncDisposable {
  readonly pid: number
  /** What `ready` found in the line that it matched. */
  readonly readyLine: RegExpExecArray
}

/** Starts a program and waits for the line of its output that says it serves. Disposing kills it. */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: { ready: RegExp },
): Promise<RunningProgram> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  endWithThisProcess(child)
  const exited = once(child, 'close').catch(() => undefined)
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    const readyLine = await lineOf(child, options.ready)
    return { pid: child.pid ?? 0, readyLine, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function lineOf(child: ReturnType<typeof spawn>, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string): void => reject(new Error(`${child.spawnfile} ${why}:\n${output}`))
    const timer = setTimeout(() => fail(`did not start within ${START_WITHIN_MS} ms`), START_WITHIN_MS)
    const take = (chunk: Buffer): void => {
      if (output.length > MAX_OUTPUT) return
      output += chunk.toString()
      const found = ready.exec(output)
      if (!found) return
      clearTimeout(timer)
      resolve(found)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('error', (error) => fail(`cannot be started (${error.message})`))
    child.once('close', (code) => {
      clearTimeout(timer)
      fail(`ended with ${String(code)}`)
    })
  })
}

/** Of what a program says before it is ready; later output is read and dropped. */
const MAX_OUTPUT = 100_000

/** Whether a program is on the path. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
