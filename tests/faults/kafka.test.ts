import { Partitioners, type Kafka, type Producer } from 'kafkajs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, startMonogram, type MonogramProcess } from '../../bench/support/monogram-process.ts'
import { connectKafka } from '../../platform/kafka/connect-kafka.ts'
import { parseKafkaUrl } from '../../platform/kafka/parse-kafka-url.ts'
import { silentLog } from '../../platform/log.ts'
import { PEOPLE } from '../crash/load.ts'
import { eventually } from '../support/eventually.ts'
import { graph } from '../support/graph.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { KAFKA_BROKER, startBroker, type StoppableBroker } from '../support/servers/kafka-broker.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const MAX_TRIES = 30
const FAULT_MS = Number(process.env['TEST_SECONDS'] ?? 3) * 1_000
/**
 * More than five seconds: a dead connection is found out after 12 s, and the group then waits up to 10 s for the member
 * that it took for alive. Twice that, on a busy machine.
 */
const RECOVERY_MS = 45_000

const FAULTS: [
  name: string,
  fault: (parts: { proxy: TcpProxy; broker: StoppableBroker }) => Promise<void>,
][] = [
  [
    'a black hole',
    async ({ proxy }) => {
      proxy.setMode('black-hole')
      await delay(FAULT_MS)
      proxy.setMode('pass')
    },
  ],
  [
    'SIGKILL of the broker',
    async ({ broker }) => {
      await broker.kill()
      await broker.restart()
    },
  ],
]

describeWithServer(KAFKA_BROKER, 'faults between ours and Kafka', () => {
  let proxy: TcpProxy
  let broker: StoppableBroker
  let producer: Producer
  let kafka: Kafka
  let server: MonogramProcess
  let key: string
  let sent = 0

  beforeAll(async () => {
    broker = await startBroker({
      async proxy(port) {
        proxy = await startTcpProxy(port, 4)
        return proxy.port
      },
    })
    const address = parseKafkaUrl(broker.url)
    if (!address) throw new Error(`${broker.url} is no address of a cluster`)
    kafka = connectKafka(address, silentLog())
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'shop' }, { topic: 'changes' }], waitForLeaders: true })
    await admin.disconnect()
    producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    server = await startMonogram({
      env: {
        MONOGRAM_KAFKA_URL: broker.proxiedUrl,
        MONOGRAM_KAFKA_TOPICS: 'shop',
        MONOGRAM_KAFKA_CHANGES_TOPIC: 'changes',
        MONOGRAM_LOG_LEVEL: 'warn',
      },
    })
    key = await createKey(server.dataDir, ['read'])
    await sendUntilTaken(1)
    await eventually(expectCounted, 30_000)
  }, 90_000)
  afterAll(async () => {
    await producer?.disconnect()
    await server?.[Symbol.asyncDispose]()
    await broker?.[Symbol.asyncDispose]()
    await proxy?.[Symbol.asyncDispose]()
  })

  /** The same records again, until the broker has acknowledged them: some may be there twice. */
  async function sendUntilTaken(count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const userId = PEOPLE[sent % PEOPLE.length] ?? ''
      const properties = { order_id: `o-${sent}`, total: 1, currency: 'GBP' }
      const event = { type: 'track', event: 'Order Completed', userId, messageId: `m-${sent++}`, properties }
      return { key: userId, value: JSON.stringify(event) }
    })
    for (let tries = 0; ; tries++) {
      try {
        await producer.send({ topic: 'shop', messages })
        return
      } catch (error) {
        if (tries >= MAX_TRIES) throw error
        await delay(200)
      }
    }
  }

  async function expectCounted(): Promise<void> {
    const query = `query ($by: [ProfileKey!]!) { profiles(by: $by) { metrics { orders } } }`
    const by = PEOPLE.map((value) => ({ kind: 'userId', value }))
    const { data } = await graph(server.url, key, query, { by })
    const { profiles } = data as { profiles: ({ metrics: { orders: number } } | null)[] }
    expect(profiles.reduce((sum, profile) => sum + (profile?.metrics.orders ?? 0), 0)).toBe(sent)
  }

  test.each(FAULTS)('%s: each record is taken once, and no other counts', async (_, fault) => {
    const sending = new AbortController()
    const load = (async () => {
      while (!sending.signal.aborted) {
        await sendUntilTaken(5)
        await delay(50)
      }
    })()
    await fault({ proxy, broker })
    sending.abort()
    await load
    await eventually(expectCounted, RECOVERY_MS)
  })
})
