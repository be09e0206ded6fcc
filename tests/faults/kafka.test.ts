import { Partitioners, type Kafka, type Producer } from 'kafkajs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, startMonogram, type MonogramProcess } from '../../bench/support/monogram-process.ts'
import { connectKafka } from '../../platform/kafka/connect-kafka.ts'
import { parseKafkaUrl } from '../../platform/kafka/parse-kafka-url.ts'
import { silentLog } from '../../platform/log.ts'
import { PEOPLE } from '../crash/load.ts'
import { eventually } from '../support/eventually.ts'
import { graph } from '../support/graph.ts'
import { holdsOnce } from '../support/holds-once.ts'
import { readTopic, toldVersion } from '../support/read-topic.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { KAFKA_BROKER, startBroker, type StoppableBroker } from '../support/servers/kafka-broker.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { FAULTS } from './faults.ts'
import { Load } from './load.ts'

/** Of their events that come by the topic; everybody else's come over HTTP meanwhile. */
const SHOPPERS = Array.from({ length: 6 }, (_, i) => `shopper-${i}`)
const MAX_TRIES = 30
const RECOVERY_MS = 5_000
const DEADLINE_MS = 300
const MAX_OVER_MS = Number(process.env['TEST_OVER_MS'] ?? 600)

describeWithServer(KAFKA_BROKER, 'faults between ours and Kafka', () => {
  let proxy: TcpProxy
  let broker: StoppableBroker
  let producer: Producer
  let kafka: Kafka
  let server: MonogramProcess
  let load: Load
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
    key = await createKey(server.dataDir, ['ingest', 'read'])
    load = new Load({ ingestUrl: server.url, gatewayUrl: server.url, key, deadlineMs: DEADLINE_MS })
    await load.send(PEOPLE)
    await eventually(async () => {
      for (const person of PEOPLE) expect(await load.query(person)).not.toBeNull()
    }, 30_000)
    load.start()
    await sendUntilTaken(1)
    await eventually(expectCounted, 30_000)
  }, 90_000)
  afterAll(async () => {
    await load?.stop()
    await producer?.disconnect()
    await server?.[Symbol.asyncDispose]()
    await broker?.[Symbol.asyncDispose]()
    await proxy?.[Symbol.asyncDispose]()
  })

  /** The same records again, until the broker has acknowledged them: some may be there twice. */
  async function sendUntilTaken(count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const userId = SHOPPERS[sent % SHOPPERS.length] ?? ''
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

  async function shoppers(): Promise<{ id: string; version: number; orders: number }[]> {
    const query = `query ($by: [ProfileKey!]!) { profiles(by: $by) { id version metrics { orders } } }`
    const by = SHOPPERS.map((value) => ({ kind: 'userId', value }))
    const { data } = await graph(server.url, key, query, { by })
    const { profiles } = data as {
      profiles: ({ id: string; version: number; metrics: { orders: number } } | null)[]
    }
    return profiles.flatMap((found) => (found ? [{ ...found, orders: found.metrics.orders }] : []))
  }

  async function expectCounted(): Promise<void> {
    expect((await shoppers()).reduce((sum, { orders }) => sum + orders, 0)).toBe(sent)
  }

  /** Renders may be late for the machine's sake, and are tried again; what became of the fault holds each time. */
  async function expectHeld(fault: () => Promise<void>): Promise<void> {
    const wrong: unknown[] = []
    await holdsOnce(async () => {
      load.overDeadlineMs.length = 0
      const pauses = monitorEventLoopDelay({ resolution: 10 })
      pauses.enable()
      await expectCountedAfter(fault).catch((error: unknown) => wrong.push(error))
      pauses.disable()
      if (wrong.length === 0) expectInTime(pauses.max / 1e6)
    })
    expect(wrong).toEqual([])
    expect(load.violations).toEqual([])
  }

  async function expectCountedAfter(fault: () => Promise<void>): Promise<void> {
    const sending = new AbortController()
    const sender = (async () => {
      while (!sending.signal.aborted) {
        await sendUntilTaken(5)
        await delay(50)
      }
    })()
    await fault().finally(() => sending.abort())
    const until = performance.now() + RECOVERY_MS
    await sender
    await eventually(expectCounted, until - performance.now())
  }

  function expectInTime(pausesMs: number): void {
    expect(load.overDeadlineMs.length).toBeGreaterThan(10)
    expect(Math.max(...load.overDeadlineMs)).toBeLessThan(MAX_OVER_MS + pausesMs)
  }

  test.each(FAULTS)('%s: each record is taken once, within five seconds, and no other waits', (_, fault) =>
    expectHeld(() => fault(proxy)),
  )

  test('SIGKILL of the broker: each record is taken once, within five seconds after it is there again', () =>
    expectHeld(async () => {
      await broker.kill()
      await broker.restart()
    }))

  test('in the end every version of a profile is told', async () => {
    await load.stop()
    await eventually(async () => {
      const told = await readTopic(kafka, 'changes')
      for (const { id, version } of await shoppers()) expect(toldVersion(told, id)).toBe(version)
    }, RECOVERY_MS)
  })
})
