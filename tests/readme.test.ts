import { spawn, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, startMonogram, type MonogramProcess } from '../bench/support/monogram-process.ts'
import { projectRoot } from '../platform/project-root.ts'
import { eventually } from './support/eventually.ts'
import { graph } from './support/graph.ts'
import { exampleOf } from './support/readme-examples.ts'

const root = projectRoot(import.meta.url)

const hasCurl = spawnSync('curl', ['--version']).status === 0

describe.skipIf(!hasCurl)(
  `the README, as a newcomer follows it${hasCurl ? '' : ' (skipped: curl is not installed)'}`,
  () => {
    let server: MonogramProcess
    let key: string

    beforeAll(async () => {
      server = await startMonogram({ demo: true })
      key = await createKey(server.dataDir, ['ingest', 'read'])
    })
    afterAll(() => server[Symbol.asyncDispose]())

    test('the start prints an address, a link for the browser, a key and commands', () => {
      expect(server.output()).toMatch(/ready at http/)
      expect(server.output()).toMatch(/\/session\/\w+/)
      expect(server.output()).toMatch(/MONOGRAM_KEY=mg_live_\w+/)
    })

    test('the commands that the start prints work as printed', async () => {
      const printed = server.output()
      const start = printed.indexOf('    curl -s')
      const end = printed.indexOf('  Send an event')
      const answer = JSON.parse(await shell(printed.slice(start, end), key)) as { data: { profile: object } }
      expect(answer).toMatchObject({ data: { profile: { firstName: 'Shelby', metrics: { orders: 19 } } } })
      const event = /curl -s \S+\/v1\/identify.*/.exec(printed)?.[0] ?? ''
      expect(JSON.parse(await shell(event.replaceAll('14397', '12347'), key))).toMatchObject({
        success: true,
      })
    })

    test('the first query answers with figures and recommendations', async () => {
      const answer = JSON.parse(await shell(example('query', 'sh'), key)) as unknown
      expect(answer).toMatchObject({
        data: {
          profile: {
            firstName: 'Shelby',
            metrics: { orders: 19, revenue: { amount: 255_668, currency: 'GBP' } },
            recommendations: [
              {
                product: { title: expect.any(String) },
                reason: { text: expect.stringMatching(/^Because you/) },
              },
              {
                product: { title: expect.any(String) },
                reason: { text: expect.stringMatching(/^Because you/) },
              },
            ],
          },
        },
      })
    })

    test('the first event is stored, joins the browser to Ada, and is a duplicate the second time', async () => {
      expect(JSON.parse(await shell(example('event', 'sh'), key))).toMatchObject({
        success: true,
        results: [{ status: 'stored' }, { status: 'stored' }],
      })
      await eventually(async () => {
        const query = `{ profile(by: { kind: "email", value: "ada@example.com" }) { firstName metrics { orders revenue { amount } } } }`
        expect(await graph(server.url, key, query)).toEqual({
          data: { profile: { firstName: 'Ada', metrics: { orders: 1, revenue: { amount: 550 } } } },
        })
      })
      expect(JSON.parse(await shell(example('event', 'sh'), key))).toMatchObject({
        results: [{ status: 'duplicate' }, { status: 'duplicate' }],
      })
    })

    test('the first subscription shows the profile as it is, then each change', async () => {
      const file = join(root, `watch-${process.pid}.mjs`)
      writeFileSync(file, here(example('subscription', 'js')))
      const child = spawn(process.execPath, [file], { cwd: root, env: { ...process.env, MONOGRAM_KEY: key } })
      try {
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
        const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null') as unknown
        expect(await next()).toMatchObject({ profileChanged: { profile: { firstName: 'Ada' } } })
        const event = { userId: 'ada', traits: { firstName: 'Augusta' } }
        await shell(
          `curl -s http://127.0.0.1:4000/v1/identify -u "$MONOGRAM_KEY:" -d '${JSON.stringify(event)}'`,
          key,
        )
        expect(await next()).toMatchObject({
          profileChanged: {
            changed: expect.arrayContaining(['firstName']),
            profile: { firstName: 'Augusta' },
          },
        })
      } finally {
        child.kill()
        rmSync(file)
      }
    })

    test('a file is imported beside the running server', async () => {
      const rows = [
        'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
        '900001,X1,BRASS BELL,3,2026-01-05 10:00:00,1.25,99001.0,United Kingdom',
      ]
      const file = join(server.dataDir, 'orders.csv.gz')
      writeFileSync(file, gzipSync(rows.join('\n')))
      const command = example('import', 'sh')
        .replace('orders.csv.gz', file)
        .replace('npx monogram', `MONOGRAM_DATA_DIR='${server.dataDir}' npx monogram`)
      expect(await shell(command, key)).toMatch(/events stored\s+1\b/)
      const query = `{ profile(by: { kind: "userId", value: "99001" }) { metrics { revenue { amount } } } product(id: "X1") { title } }`
      expect(await graph(server.url, key, query)).toEqual({
        data: { profile: { metrics: { revenue: { amount: 375 } } }, product: { title: 'BRASS BELL' } },
      })
    })

    function example(name: string, language: string): string {
      return exampleOf('README.md', name, language)
    }

    /** The server of the test has another port. */
    function here(text: string): string {
      return text.replaceAll('127.0.0.1:4000', new URL(server.url).host)
    }

    function shell(command: string, apiKey: string): Promise<string> {
      const child = spawn('bash', ['-c', here(command)], {
        cwd: root,
        env: { ...process.env, MONOGRAM_KEY: apiKey },
      })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
      return new Promise((resolve) => child.once('close', () => resolve(output)))
    }
  },
)
