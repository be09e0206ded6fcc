import { Redis } from 'ioredis'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ResourceStack } from '../../../platform/resource-stack.ts'
import { eventually } from '../eventually.ts'
import { startProgram } from './program.ts'
import { freePort, startRedis } from './redis-server.ts'
import type { RunningServer } from './server-kind.ts'

export interface RunningSentinel extends RunningServer {
  /** SIGKILL; the sentinel gives its place to the replica, in one to two seconds. */
  killMaster(): Promise<void>
}

/** A master, a replica of it and the one sentinel that watches them, by the name `main`. */
export async function startRedisSentinel(): Promise<RunningSentinel> {
  await using opening = new ResourceStack()
  const master = opening.use(await startRedis())
  opening.use(await startRedis({ settings: ['--replicaof', '127.0.0.1', String(master.port)] }))
  await hasReplica(master.url)
  const dir = await mkdtemp(join(tmpdir(), 'monogram-sentinel-'))
  opening.defer(() => rm(dir, { recursive: true, force: true }))
  const port = await freePort()
  const file = join(dir, 'sentinel.conf')
  await writeFile(file, settings(port, dir, master.port))
  opening.use(await startProgram('redis-server', [file, '--sentinel'], { ready: /\+monitor master/ }))
  await knowsReplica(port)
  const opened = opening.move()
  return {
    url: `redis+sentinel://127.0.0.1:${port}/main`,
    killMaster: () => master.kill(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

function settings(port: number, dir: string, master: number): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor main 127.0.0.1 ${master} 1`,
    'sentinel down-after-milliseconds main 500',
    'sentinel failover-timeout main 2000',
    '',
  ].join('\n')
}

async function hasReplica(url: string): Promise<void> {
  const client = new Redis(url)
  await eventually(async () => {
    if (!(await client.info('replication')).includes('state=online'))
      throw new Error('the replica is not there yet')
  })
  client.disconnect()
}

/** It hears of replicas from the master, once in ten seconds; at first at once. */
async function knowsReplica(port: number): Promise<void> {
  const sentinel = new Redis({ port })
  await eventually(async () => {
    const replicas = (await sentinel.call('SENTINEL', 'replicas', 'main')) as unknown[]
    if (replicas.length === 0) throw new Error('the sentinel knows of no replica')
  }, 15_000)
  sentinel.disconnect()
}
