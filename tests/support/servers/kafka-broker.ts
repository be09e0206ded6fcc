import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetchJars } from './document-server.ts'
import { hasProgram, startProgram, type RunningProgram } from './program.ts'
import type { RunningServer, ServerKind } from './server-kind.ts'

/** One node of Apache Kafka that is broker and controller in one; the URL is one of `MONOGRAM_KAFKA_URL`. */
export const KAFKA_BROKER: ServerKind = {
  name: 'Kafka broker',
  urlVariable: 'MONOGRAM_TEST_KAFKA_URL',
  missing: () => {
    const absent = ['java', 'mvn'].filter((name) => !hasProgram(name))
    return absent.length === 0 ? null : `${absent.join(' and ')} not on the path`
  },
  start: () => startBroker(),
}

export interface StoppableBroker extends RunningServer {
  /** Of the listener that is reached through a proxy, when there is one. */
  readonly proxiedUrl: string
  /** Kills it; what it had acknowledged is on its disk. */
  kill(): Promise<void>
  /** Starts it again, on the same port and folder. */
  restart(): Promise<void>
}

export interface BrokerOptions {
  /** Is given the port of a second listener, and says at which port clients of that one find it: that of a proxy. */
  proxy?: (port: number) => Promise<number>
}

export async function startBroker({ proxy }: BrokerOptions = {}): Promise<StoppableBroker> {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-kafka-'))
  const [port = 0, controllerPort = 0, behind = 0] = await freePorts(3)
  const proxied = (await proxy?.(behind)) ?? behind
  const properties = join(dir, 'server.properties')
  await writeFile(properties, settings(dir, { port, controllerPort, behind, proxied }))
  const jars = join(await fetchJars('kafka-broker'), '*')
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]
  await promisify(execFile)('java', [...JVM, '-cp', jars, ...format])
  const start = (): Promise<RunningProgram> =>
    startProgram('java', [...JVM, '-cp', jars, 'kafka.Kafka', properties], { ready: /Kafka Server started/ })
  let program = await start()
  return {
    url: `kafka://127.0.0.1:${port}`,
    proxiedUrl: `kafka://127.0.0.1:${proxied}`,
    async kill() {
      await program[Symbol.asyncDispose]()
    },
    async restart() {
      program = await start()
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const CLUSTER_ID = 'bW9ub2dyYW0tdGVzdHMtMQ'
/** For a quick start and a process of a bounded size. */
const JVM = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

function settings(
  dir: string,
  ports: Record<'port' | 'controllerPort' | 'behind' | 'proxied', number>,
): string {
  const { port, controllerPort, behind, proxied } = ports
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${proxied}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'logs'),
    'num.partitions': 3,
    'offsets.topic.num.partitions': 3,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'auto.create.topics.enable': false,
    // One that was killed registers anew when its old session has ended.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Ports that nothing listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
