import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { projectRoot } from '../../platform/project-root.ts'
import { GATEWAY_CORE, OTHER_CORE, startPinned, type PinnedProcess } from './measure/pinned-process.ts'
import { composeBenchSupergraph } from './supergraph.ts'
import { peersFolder, type Contender } from './targets.ts'

const READY_WITHIN_MS = 60_000

/** The subgraphs, and the supergraph over them. */
export interface RunningSubgraphs extends AsyncDisposable {
  addresses: Readonly<Record<string, string>>
  supergraphFile: string
  /** A place for files of this run; gone on disposal. */
  folder: string
  /** Calls of GraphQL that came in at all of them so far. */
  calls(): Promise<number>
}

export async function startSubgraphs(): Promise<RunningSubgraphs> {
  const root = projectRoot(import.meta.url)
  const server = startPinned({
    command: ['node', join(root, 'dist', 'bench', 'gateway', 'subgraphs', 'serve.js')],
    core: OTHER_CORE,
    cwd: root,
  })
  const addresses = JSON.parse(await server.firstLine) as Record<string, string>
  const folder = mkdtempSync(join(tmpdir(), 'monogram-bench-'))
  const supergraphFile = join(folder, 'supergraph.graphql')
  writeFileSync(supergraphFile, composeBenchSupergraph(addresses))
  return {
    addresses,
    supergraphFile,
    folder,
    async calls() {
      const counts = await Promise.all(
        Object.values(addresses).map(async (url) => (await (await fetch(url)).json()) as { calls: number }),
      )
      return counts.reduce((sum, { calls }) => sum + calls, 0)
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface RunningContender extends AsyncDisposable {
  url: string
  pid: number
  output(): string
}

/** Resolves when it accepts connections; rejects with what it printed when it does not in time. */
export async function startContender(
  contender: Contender,
  { addresses, supergraphFile }: RunningSubgraphs,
  cpuProfileFolder?: string,
): Promise<RunningContender> {
  const port = await freePort()
  const place = { port, supergraphFile, addresses, cpuProfileFolder }
  const server = startPinned({
    command: contender.command(place),
    core: GATEWAY_CORE,
    cwd: contender.needs ? peersFolder() : projectRoot(import.meta.url),
    env: contender.env?.(place) ?? {},
  })
  const url = `http://127.0.0.1:${port}`
  await listening(contender, server, url)
  return {
    url,
    pid: server.pid,
    output: () => server.output(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** `npm ci` of the peers' own package, its output on stderr. */
export function installPeers(): void {
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: peersFolder(),
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error(`npm ci in bench/peers ended with ${status ?? 'a signal'}`)
}

async function listening(contender: Contender, server: PinnedProcess, url: string): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  while (!server.hasEnded() && performance.now() < until) {
    if (await answers(url)) return
    await pause(100)
  }
  const how = server.hasEnded() ? 'ended before it listened' : 'did not listen in time'
  await server[Symbol.asyncDispose]()
  throw new Error(`${contender.name} ${how}:\n${server.output()}`)
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel()
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
