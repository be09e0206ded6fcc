import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

export interface AuditServer extends AsyncDisposable {
  url: string
}

const START_TIMEOUT_MS = 60_000

/** Starts the subgraphs of the audit from its checkout, in a process of their own on a free port. */
export async function startAuditServer(checkout: string): Promise<AuditServer> {
  const port = await freePort()
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type', 'module', '--eval', serverScript(port)],
    {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  const ready = new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => line === READY && resolve())
  })
  const failed = exited.then(() => {
    throw new Error(`the subgraphs of ${checkout} did not start; are its packages installed, tsx among them?`)
  })
  const late = AbortSignal.timeout(START_TIMEOUT_MS)
  await Promise.race([ready, failed, once(late, 'abort').then(() => Promise.reject(late.reason as Error))])
  failed.catch(() => undefined)
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}

const READY = 'the audit is served'

/** The audit is written for a Node that has Promise.withResolvers. */
function serverScript(port: number): string {
  return `
    Promise.withResolvers ??= () => {
      let resolve, reject
      const promise = new Promise((a, b) => { resolve = a; reject = b })
      return { promise, resolve, reject }
    }
    const { serve } = await import('./src/index.ts')
    await serve(${port})
    console.log(${JSON.stringify(READY)})`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
