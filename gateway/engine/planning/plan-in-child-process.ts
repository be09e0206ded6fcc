import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { QueryPlan } from '@graphql-hive/router-query-planner'
import type { FromPlanProcess, ToPlanProcess } from './plan-process.ts'
import type { PlanRequest, PlanSource } from './plan-source.ts'

/**
 * Plans in a process of its own, one document at a time: a document that makes the planner abort, or takes it longer
 * than it may, costs that process and nothing else, and is known to be the one. The next document gets a new process.
 */
export function planInChildProcess(supergraphSdl: string, timeoutMs: number): PlanSource {
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false

  return {
    plan(request) {
      const planned = last.then(() => planNow(request))
      last = planned.catch(() => undefined)
      return planned
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      if (child) await end(child)
    },
  }

  async function planNow(request: PlanRequest): Promise<QueryPlan> {
    if (isClosed) throw new Error('the planner is closed')
    const process = (child ??= start())
    process.ref()
    process.channel?.ref()
    const answered = new AbortController()
    const timer = setTimeout(() => process.kill('SIGKILL'), timeoutMs)
    try {
      const { signal } = answered
      const answer = once(process, 'message', { signal })
      const died = once(process, 'exit', { signal })
      send(process, { request })
      const first = await Promise.race([
        answer.then(([message]) => message as FromPlanProcess),
        died.then(([code, signalName]) => ({ error: deathOf(code, signalName, timeoutMs) })),
      ])
      if ('plan' in first) return first.plan
      throw new Error(first.error)
    } finally {
      clearTimeout(timer)
      answered.abort()
      process.unref()
      process.channel?.unref()
    }
  }

  function start(): ChildProcess {
    const started = fork(processFile(), { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    started.once('exit', () => {
      if (child === started) child = undefined
    })
    // What cannot be sent is told by the exit that follows.
    started.on('error', () => undefined)
    send(started, { supergraphSdl })
    return started
  }
}

function send(process: ChildProcess, message: ToPlanProcess): void {
  if (process.connected) process.send(message, () => undefined)
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const exited = once(process, 'exit')
  process.kill('SIGKILL')
  await exited
}

function deathOf(code: unknown, signal: unknown, timeoutMs: number): string {
  return signal === 'SIGKILL'
    ? `the planner had no plan within ${timeoutMs} ms`
    : `the planner ended (${typeof signal === 'string' ? signal : `code ${String(code)}`}) on this document`
}

/** Node runs compiled programs only: started from the sources (tests), the process comes out of `dist/`. */
function processFile(): string {
  const file = import.meta.url.endsWith('.ts')
    ? new URL('../../../dist/gateway/engine/planning/plan-process.js', import.meta.url)
    : new URL('plan-process.js', import.meta.url)
  const path = fileURLToPath(file)
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\``)
  return path
}
