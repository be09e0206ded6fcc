import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hasProgram, startProgram, type RunningProgram } from './program.ts'
import type { RunningServer, ServerKind } from './server-kind.ts'

export const REDIS_SERVER: ServerKind = {
  name: 'Redis',
  urlVariable: 'MONOGRAM_TEST_REDIS_URL',
  missing: () => (hasProgram('redis-server') ? null : 'redis-server not on the path'),
  start: () => startRedis(),
}

/** A Redis of a test's own, that it may stop, kill and start again on the same port with what it has on disk. */
export interface RunningRedis extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly pid: () => number
  /** SIGKILL: what is not on disk is lost. */
  kill(): Promise<void>
  restart(): Promise<void>
}

export interface RedisSettings {
  /** `none`: a restart begins empty. `aof`: with everything up to the last second. */
  persistence?: 'none' | 'aof'
  /** More of redis.conf, as arguments: `['--maxmemory', '10mb']`. */
  settings?: readonly string[]
  /** Files of a server that speaks TLS alone. */
  tls?: { certificate: string; key: string }
}

const READY = /Ready to accept connections/

export async function startRedis(options: RedisSettings = {}): Promise<RunningRedis> {
  const { persistence = 'none', settings = [], tls } = options
  const dir = await mkdtemp(join(tmpdir(), 'monogram-redis-'))
  const port = await freePort()
  const files = ['--dir', dir, '--save', '', '--appendonly', persistence === 'aof' ? 'yes' : 'no']
  const secure = tls
    ? ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key, '--tls-auth-clients', 'no']
    : []
  const listening = tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]
  const args = [...listening, ...secure, '--bind', '127.0.0.1', ...files, ...settings]
  const start = (): Promise<RunningProgram> => startProgram('redis-server', args, { ready: READY })
  let program = await start()
  return {
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    port,
    pid: () => program.pid,
    async kill() {
      await program[Symbol.asyncDispose]()
    },
    async restart() {
      await program[Symbol.asyncDispose]()
      program = await start()
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Three masters that share the slots between them; `url` names one of them. */
export async function startRedisCluster(): Promise<RunningServer> {
  const nodes: RunningRedis[] = []
  const stop = async (): Promise<void> => {
    for (const node of nodes) await node[Symbol.asyncDispose]()
  }
  try {
    for (let i = 0; i < 3; i++) nodes.push(await startRedis({ settings: ['--cluster-enabled', 'yes'] }))
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    return { url: `redis+cluster://${addresses[0] ?? ''}`, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The bus of a cluster has the port ten thousand above. */
const HIGHEST_PORT = 55_535

/** Redis takes no port by itself: one that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address !== 'string' && address.port <= HIGHEST_PORT) return address.port
  }
  throw new Error('no free port')
}
