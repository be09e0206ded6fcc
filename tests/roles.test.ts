import { execFile, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runMonogram, startMonogram } from '../bench/support/monogram-process.ts'
import { silentLog } from '../platform/log.ts'
import { projectRoot } from '../platform/project-root.ts'
import { openStorage } from '../storage/open-storage.ts'
import { databaseUrl, startCluster, type Cluster } from './support/cluster.ts'
import { readComposeFile } from './support/compose-file.ts'
import { eventually } from './support/eventually.ts'
import { graph } from './support/graph.ts'
import { exampleOf } from './support/readme-examples.ts'
import { loadSomeOfDemo } from './support/some-of-demo.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from './support/servers/document-server.ts'
import { REDIS_SERVER, startRedis } from './support/servers/redis-server.ts'

const root = projectRoot(import.meta.url)

describeWithServer(DOCUMENT_SERVER, 'every role as its own process, with MongoDB', (documents) => {
  describeWithServer(REDIS_SERVER, 'and Redis', (redis) => {
    let cluster: Cluster
    let key: string

    beforeAll(async () => {
      cluster = await startCluster({
        mongodbUrl: documents().url,
        redisUrl: redis().url,
        counts: { gateway: 2, worker: 2 },
      })
      await using storage = await openStorage({
        dataDir: '',
        url: cluster.env['MONOGRAM_STORAGE_URL'],
        log: silentLog(),
      })
      await loadSomeOfDemo(storage, ['14397', '16191', '15100', '12748', '14911', '17841'])
      key = await cluster.createKey('ingest', 'read')
    }, 120_000)
    afterAll(() => cluster[Symbol.asyncDispose]())

    test('the first query answers at each gateway', async () => {
      for (const name of ['gateway-0', 'gateway-1'])
        await eventually(async () => {
          const answer = JSON.parse(await shell(exampleOf('README.md', 'query', 'sh'), name)) as unknown
          expect(answer).toMatchObject({
            data: {
              profile: {
                firstName: 'Shelby',
                metrics: { orders: 19, revenue: { amount: 255_668, currency: 'GBP' } },
                recommendations: [{ product: { title: expect.any(String) } }, {}],
              },
            },
          })
        }, 30_000)
    })

    test('the first event goes in by ingest, is folded by a worker and read through a gateway', async () => {
      const event = exampleOf('README.md', 'event', 'sh')
      expect(JSON.parse(await shell(event))).toMatchObject({
        results: [{ status: 'stored' }, { status: 'stored' }],
      })
      const query = `{ profile(by: { kind: "email", value: "ada@example.com" }) { firstName metrics { orders } } }`
      await eventually(async () => {
        expect(await graph(cluster.url('gateway-1'), key, query)).toEqual({
          data: { profile: { firstName: 'Ada', metrics: { orders: 1 } } },
        })
      })
      expect(JSON.parse(await shell(event))).toMatchObject({
        results: [{ status: 'duplicate' }, { status: 'duplicate' }],
      })
    })

    test('the first subscription shows the profile, then each change', async () => {
      const file = join(root, `watch-roles-${process.pid}.mjs`)
      writeFileSync(file, here(exampleOf('README.md', 'subscription', 'js')))
      const child = spawn(process.execPath, [file], { cwd: root, env: { ...process.env, MONOGRAM_KEY: key } })
      try {
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
        const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null') as unknown
        expect(await next()).toMatchObject({ profileChanged: { profile: { firstName: 'Ada' } } })
        await send({ type: 'identify', userId: 'ada', traits: { firstName: 'Augusta' } })
        expect(await next()).toMatchObject({ profileChanged: { profile: { firstName: 'Augusta' } } })
      } finally {
        child.kill()
        rmSync(file)
      }
    })

    test('a file is imported beside the processes', async () => {
      const rows = [
        'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
        '900001,X1,BRASS BELL,3,2026-01-05 10:00:00,1.25,99001.0,United Kingdom',
      ]
      const file = join(cluster.process('worker-0').dataDir, 'orders.csv.gz')
      writeFileSync(file, gzipSync(rows.join('\n')))
      const { code, stdout, stderr } = await cluster.run(
        'import',
        file,
        '--mapping',
        join(root, 'demo/online-retail.mapping.json'),
      )
      expect(code, stderr).toBe(0)
      expect(stdout).toMatch(/events stored\s+1\b/)
      const query = `{ profile(by: { kind: "userId", value: "99001" }) { metrics { revenue { amount } } } }`
      expect(await graph(cluster.url('gateway-0'), key, query)).toEqual({
        data: { profile: { metrics: { revenue: { amount: 375 } } } },
      })
    })

    test('a revoked key is refused by every gateway within a second', async () => {
      const revoked = await cluster.createKey('read')
      const id = revoked.split('_')[2] ?? ''
      const ask = (name: string) => graph(cluster.url(name), revoked, '{ __typename }')
      for (const name of ['gateway-0', 'gateway-1']) expect(await ask(name)).toMatchObject({ data: {} })
      expect((await cluster.run('keys', 'revoke', id)).code).toBe(0)
      const refused = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }
      await Promise.all(
        ['gateway-0', 'gateway-1'].map((name) =>
          eventually(async () => expect(await ask(name)).toMatchObject(refused), 1_000),
        ),
      )
    })

    test('subgraphs and their keys are shown to the gateway alone', async () => {
      const url = cluster.url('profiles-0')
      const response = await fetch(`${url}/subgraphs/profiles`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: '{"query":"{ __typename }"}',
      })
      expect(response.status).toBe(401)
      expect(await response.text()).toMatch(/gateway.*MONOGRAM_SECRET/)
      expect((await fetch(`${url}/internal/keys/${key.split('_')[2] ?? ''}`)).status).toBe(401)
      expect((await fetch(`${url}/graphql`)).status).toBe(404)
    })

    test('a gateway with another secret is not ready and says why, tells its callers to come again, and doctor finds it', async () => {
      const env = { ...cluster.env, MONOGRAM_INTERNAL_SECRETS: 'a secret of somebody else' }
      await using stranger = await startMonogram({ args: ['start', '--role', 'gateway'], env })
      const ready = await fetch(`${stranger.url}/healthz/ready`)
      expect(ready.status).toBe(503)
      expect(await ready.text()).toMatch(/subgraphs refuse this gateway.*MONOGRAM_SECRET/)
      const asked = await fetch(`${stranger.url}/graphql?query={__typename}`, {
        headers: { authorization: `Bearer ${key}` },
      })
      expect(asked.status).toBe(503)
      expect(await asked.text()).toContain('STORAGE_UNAVAILABLE')
      const doctor = await runMonogram(['doctor'], { dataDir: stranger.dataDir, env })
      expect(doctor.code).toBe(1)
      expect(doctor.stdout).toMatch(
        /FAILED +subgraph events +\S+ is ready, but it refuses calls: MONOGRAM_SECRET/,
      )
    })

    test('a process of another deployment does not start on this Redis or this database', async () => {
      const refused = async (role: string, env: Record<string, string>): Promise<string> => {
        const args = ['start', '--role', role]
        const { dataDir } = cluster.process('worker-0')
        const { code, stderr } = await runMonogram(args, { dataDir, env: { ...cluster.env, ...env } })
        expect(code).toBe(1)
        return stderr
      }
      const MONOGRAM_SECRET = 'a secret of somebody else'
      const MONOGRAM_STORAGE_URL = databaseUrl(documents().url)
      const [ingest, gateway, worker] = await Promise.all([
        refused('ingest', { MONOGRAM_SECRET }),
        refused('gateway', { MONOGRAM_SECRET }),
        refused('worker', { MONOGRAM_STORAGE_URL }),
      ])
      expect(ingest).toMatch(
        /CONFIG_INVALID: MONOGRAM_SECRET: expected the one that this store was first used/,
      )
      expect(gateway).toMatch(/CONFIG_INVALID: MONOGRAM_REDIS_URL: processes with another MONOGRAM_SECRET/)
      expect(worker).toMatch(/CONFIG_INVALID: MONOGRAM_REDIS_URL: processes with another store/)
    })

    test('every process is live and ready, and has metrics for a key', async () => {
      for (const name of cluster.names) {
        expect((await fetch(`${cluster.url(name)}/healthz/ready`)).status, name).toBe(200)
        const metrics = await fetch(`${cluster.url(name)}/metrics`, {
          headers: { authorization: `Bearer ${key}` },
        })
        const text = await metrics.text()
        expect(text, name).toContain('monogram_http_request_duration_seconds')
        if (name === 'recommendations-0') expect(text).toContain('\nmonogram_recommendations_ready 1\n')
      }
    })

    test('docs/deployment.md: a key is made, an event sent, asked for, and looked at', async () => {
      const page = 'docs/deployment.md'
      const made = await shell(exampleOf(page, 'key', 'sh'))
      expect(made).toMatch(/^mg_live_\w+\n$/)
      expect(await shell(exampleOf(page, 'metrics-key', 'sh'))).toMatch(/^mg_live_\w+\n$/)
      expect(JSON.parse(await shell(exampleOf(page, 'send', 'sh'), 'gateway-0', made.trim()))).toMatchObject({
        results: [{ status: 'stored' }],
      })
      await eventually(async () => {
        expect(JSON.parse(await shell(exampleOf(page, 'ask', 'sh'), 'gateway-0', made.trim()))).toEqual({
          data: { profile: { firstName: 'Grace' } },
        })
      })
      const looked = await shell(exampleOf(page, 'look', 'sh'))
      expect(looked).toMatch(/events +\d+ \(0 to be folded, 0 parked\)/)
      expect(looked).toMatch(/ok +Redis +answers/)
    })

    test('doctor and status tell what the deployment has, and which process is away', async () => {
      const doctor = await cluster.run('doctor')
      expect(doctor.stdout).toMatch(/ok +database/)
      expect(doctor.stdout).toMatch(/ok +Redis +answers/)
      expect(doctor.stdout).toMatch(/ok +subgraph profiles +http:\S+ is ready/)
      expect(doctor.stdout).not.toContain('the secret of a test cluster')
      const { stdout } = await cluster.run('status', '--json')
      expect(JSON.parse(stdout)).toMatchObject({
        store: cluster.env['MONOGRAM_STORAGE_URL'],
        server: null,
        events: { pending: 0, parked: 0 },
        processes: ['profiles', 'events', 'products', 'recommendations'].map((subgraph) => ({
          subgraph,
          ready: true,
        })),
      })
      await cluster.process('events-0').kill()
      expect((await cluster.run('doctor')).stdout).toMatch(
        /FAILED +subgraph events +http:\S+ is not ready: \S+/,
      )
      await cluster.start('events-0')
    })

    test('the health check of the image tells a process that is ready from one that is not there', async () => {
      const [, check = '[]'] =
        /HEALTHCHECK [^]*?CMD (\[.*\])/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? []
      const [program = '', ...args] = JSON.parse(check) as string[]
      expect(program).toBe('node')
      const exitCode = (port: string): Promise<number | null> =>
        new Promise((resolve) => {
          const env = { ...process.env, MONOGRAM_PORT: port }
          spawn(process.execPath, args, { env, stdio: 'ignore' }).once('close', resolve)
        })
      for (const name of ['gateway-0', 'worker-0'])
        expect(await exitCode(new URL(cluster.url(name)).port)).toBe(0)
      expect(await exitCode('1')).toBe(1)
    })

    test('the command and the health check of the Redis service are understood by Redis', async () => {
      const { command: [program, ...args] = [], healthcheck } = readComposeFile().services['redis'] ?? {}
      expect(program).toBe('redis-server')
      await using alone = await startRedis({ settings: args })
      const [, client = '', ...check] = healthcheck?.test ?? []
      const { stdout } = await promisify(execFile)(client, ['-p', String(alone.port), ...check])
      expect(stdout.trim()).toBe('PONG')
      const policy = await promisify(execFile)('redis-cli', [
        '-p',
        String(alone.port),
        'config',
        'get',
        'maxmemory-policy',
      ])
      expect(policy.stdout).toContain('volatile-lru')
    })

    test('dashboard and alerts name only metrics that the processes export, and labels that these have', async () => {
      const headers = { authorization: `Bearer ${key}` }
      const pages = await Promise.all(
        cluster.names.map(async (name) => (await fetch(`${cluster.url(name)}/metrics`, { headers })).text()),
      )
      const exported = new Set(
        pages.flatMap((page) =>
          Array.from(page.matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name = '', type]) =>
            type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
          ).flat(),
        ),
      )
      // Those of Kafka are there where Kafka is.
      for (const [name] of readFileSync(join(root, 'cli/open-kafka.ts'), 'utf8').matchAll(
        /monogram_kafka_\w+/g,
      ))
        exported.add(name)
      const watched = ['grafana/dashboards/monogram.json', 'prometheus/alerts.yml']
        .map((file) => readFileSync(join(root, 'deploy', file), 'utf8'))
        .join('\n')
      const named = new Set(watched.match(/\b(?:monogram|process|nodejs)_\w+/g))
      expect([...named].filter((name) => !exported.has(name))).toEqual([])
      expect(named.size).toBeGreaterThan(20)
      // Prometheus adds the role; a metric that nothing has counted yet has no labels to look at.
      const page = pages.join('\n')
      for (const [, labels = '', name = ''] of watched.matchAll(/by \(([\w, ]+)\) \((?:\w+\()?(\w+)/g)) {
        const samples = Array.from(
          page.matchAll(new RegExp(`^${name}{(.*)} `, 'gm')),
          ([, found = '']) => found,
        )
        for (const label of labels.split(', ').filter((each) => each !== 'role'))
          expect(
            samples.every((sample) => sample.includes(`${label}="`)),
            `${name} ${label}`,
          ).toBe(true)
      }
    })

    /** The documents name one port; in a cluster events and queries have doors of their own. */
    function here(text: string, gateway = 'gateway-0'): string {
      return text
        .replaceAll('http://127.0.0.1:4000/v1', `${cluster.url('ingest-0')}/v1`)
        .replaceAll('127.0.0.1:4001', new URL(cluster.url('ingest-0')).host)
        .replaceAll(/docker compose run --rm \w+/g, `${process.execPath} bin/monogram.js`)
        .replaceAll('127.0.0.1:4000', new URL(cluster.url(gateway)).host)
    }

    function shell(command: string, gateway?: string, apiKey = key): Promise<string> {
      const { dataDir } = cluster.process('worker-0')
      const child = spawn('bash', ['-c', here(command, gateway)], {
        cwd: root,
        env: { ...process.env, ...cluster.env, MONOGRAM_DATA_DIR: dataDir, MONOGRAM_KEY: apiKey },
      })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      return new Promise((resolve) => child.once('close', () => resolve(output)))
    }

    async function send(event: object): Promise<void> {
      const response = await fetch(`${cluster.url('ingest-0')}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: [event] }),
      })
      expect(response.status).toBe(200)
    }
  })
})
