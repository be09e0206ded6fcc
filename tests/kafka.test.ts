import { Partitioners, type Kafka, type Producer } from 'kafkajs'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, runMonogram, startMonogram, temporaryFolder } from '../bench/support/monogram-process.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { connectKafka } from '../platform/kafka/connect-kafka.ts'
import { parseKafkaUrl } from '../platform/kafka/parse-kafka-url.ts'
import { projectRoot } from '../platform/project-root.ts'
import { silentLog } from '../platform/log.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import { eventually } from './support/eventually.ts'
import { readTopic, toldVersion } from './support/read-topic.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { KAFKA_BROKER } from './support/servers/kafka-broker.ts'

const PEOPLE = Array.from({ length: 20 }, (_, i) => `person-${i}`)
const KILLS = 4

describeWithServer(KAFKA_BROKER, 'Kafka', (broker) => {
  let kafka: Kafka
  let producer: Producer

  beforeAll(async () => {
    const address = parseKafkaUrl(broker().url)
    if (!address) throw new Error(`${broker().url} is no address of a cluster`)
    kafka = connectKafka(address, silentLog())
    const admin = kafka.admin()
    await admin.connect()
    const large = [{ name: 'max.message.bytes', value: '3000000' }]
    const topics = [{ topic: 'shop' }, { topic: 'crm', configEntries: large }]
    await admin.createTopics({ topics, waitForLeaders: true })
    await admin.disconnect()
    producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
  })
  afterAll(() => producer?.disconnect())

  test('a server that is killed again and again takes each record once, and tells every change', async () => {
    const dataDir = temporaryFolder()
    const env = { ...settings(), MONOGRAM_KAFKA_URL: broker().url, MONOGRAM_KAFKA_TOPICS: 'shop' }
    let sent = 0
    const send = async (count: number): Promise<void> => {
      const messages = Array.from({ length: count }, () => anOrder(sent++))
      await producer.send({ topic: 'shop', messages })
    }
    await send(500)
    for (let kill = 0; kill < KILLS; kill++) {
      await using server = await startMonogram({ dataDir, env })
      await send(300)
      await delay(Math.random() * 800)
      await server.kill()
    }
    const key = await createKey(dataDir, ['read'])
    {
      await using server = await startMonogram({ dataDir, env })
      await eventually(async () => expect(await orders(server.url, key)).toBe(sent), 60_000)
      await nothingLeftToTell(server.url, key)
    }

    await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
    expect(await storage.events.stats()).toMatchObject({ events: sent, pending: 0, conflicts: 0 })
    expect(await storage.profiles.findUnpublished(null, 10)).toEqual([])
    const ids = PEOPLE.map((person) => homeProfile(`userId:${person}`))
    const profiles = await storage.profiles.get(ids)
    const told = await readTopic(kafka, 'profile-changes')
    const fields = Object.keys(JSON.parse(example('change', 'json')) as object)
    for (const { value } of told) expect(Object.keys(JSON.parse(value) as object)).toEqual(fields)
    for (const id of ids) expect(toldVersion(told, id)).toBe(profiles.get(id)?.version)
  })

  test('what is no event goes to the topic of parked records with its reason, and holds up nobody', async () => {
    const env = {
      MONOGRAM_KAFKA_URL: broker().url,
      MONOGRAM_KAFKA_TOPICS: 'not-there,crm',
      MONOGRAM_KAFKA_GROUP: 'crm-readers',
    }
    await producer.send({
      topic: 'crm',
      messages: [
        { key: 'person-0', value: 'no json' },
        { key: 'person-0', value: '{"type":"track","event":"x"}' },
        { key: 'person-0', value: null },
      ],
    })
    // Larger than the topic of parked records takes.
    const huge = { key: 'person-0', value: 'x'.repeat(2_000_000) }
    await producer.send({ topic: 'crm', messages: [huge] })
    const event = { key: 'person-0', value: example('record', 'json') }
    await producer.send({ topic: 'crm', messages: [event] })
    await using server = await startMonogram({ env })
    const key = await createKey(server.dataDir, ['read'])
    await eventually(async () => expect(await orders(server.url, key)).toBe(1), 60_000)
    const parked = await readTopic(kafka, 'monogram.parked')
    expect(parked).toHaveLength(4)
    // Of one key, and so in their order.
    expect(parked.filter(({ headers }) => headers['monogram-left-out-bytes'] === undefined)).toMatchObject([
      { value: 'no json', headers: { 'monogram-topic': 'crm', 'monogram-code': 'BODY_NOT_JSON' } },
      { headers: { 'monogram-topic': 'crm', 'monogram-code': 'EVENT_NO_IDENTITY' } },
      { headers: { 'monogram-code': 'EVENT_NOT_OBJECT' } },
    ])
    expect(parked).toContainEqual({
      key: 'person-0',
      value: '',
      headers: expect.objectContaining({ 'monogram-left-out-bytes': '2000000' }),
    })
    const metrics = await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': key } })
    expect(await metrics.text()).toContain('monogram_kafka_records_total{topic="crm",outcome="parked"} 4')
    expect(server.output()).toMatch(/"missing":\["not-there"\].*topics are not there/)
    const doctor = await runMonogram(['doctor'], { dataDir: server.dataDir, env })
    expect(doctor.stdout).toMatch(/FAILED +Kafka +answers, but has no topic not-there/)
  })
})

function anOrder(serial: number) {
  const userId = PEOPLE[serial % PEOPLE.length] ?? ''
  const properties = { order_id: `o-${serial}`, total: 1, currency: 'GBP' }
  const event = { type: 'track', event: 'Order Completed', userId, messageId: `m-${serial}`, properties }
  return { key: userId, value: JSON.stringify(event) }
}

/** Of everybody together. */
async function orders(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({
      query: 'query ($by: [ProfileKey!]!) { profiles(by: $by) { metrics { orders } } }',
      variables: { by: PEOPLE.map((value) => ({ kind: 'userId', value })) },
    }),
  })
  const { data } = (await response.json()) as {
    data: { profiles: ({ metrics: { orders: number } } | null)[] }
  }
  return data.profiles.reduce((sum, profile) => sum + (profile?.metrics.orders ?? 0), 0)
}

/** Resolves once no change has been published for a second. */
async function nothingLeftToTell(url: string, key: string): Promise<void> {
  for (let before = -1, now = await published(url, key); now !== before || now === 0;) {
    await delay(1_000)
    before = now
    now = await published(url, key)
  }
}

async function published(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { 'x-api-key': key } })
  return Number(/^monogram_kafka_changes_total (\d+)$/m.exec(await response.text())?.[1] ?? 0)
}

/** Those of docs/kafka.md. */
function settings(): Record<string, string> {
  const lines = example('settings', 'sh').trim().split('\n')
  return Object.fromEntries(lines.map((line) => /^(\w+)='(.*)'$/.exec(line)?.slice(1) as [string, string]))
}

function example(name: string, language: string): string {
  const text = readFileSync(join(projectRoot(import.meta.url), 'docs', 'kafka.md'), 'utf8')
  const block = new RegExp(`<!-- example: ${name} -->\\s+\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)
  if (!block?.[1]) throw new Error(`docs/kafka.md has no example "${name}"`)
  return block[1]
}
