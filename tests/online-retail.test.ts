import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createKey,
  runMonogram,
  startMonogram,
  temporaryFolder,
  type MonogramProcess,
} from '../bench/support/monogram-process.ts'
import { rmSync } from 'node:fs'
import { graph } from './support/graph.ts'
import { onlineRetailFigures } from './support/online-retail-figures.ts'
import { projectRoot } from '../platform/project-root.ts'

const root = projectRoot(import.meta.url)
const FILE = join(root, '..', 'shared', 'data', 'online-retail', 'online_retail.csv.gz')
const MAPPING = join(root, 'demo', 'online-retail.mapping.json')
const present = existsSync(FILE)

describe.skipIf(!present)(
  `the whole of Online Retail${present ? '' : ` (skipped: ${FILE} is not there)`}`,
  () => {
    const dataDir = temporaryFolder()
    let server: MonogramProcess

    beforeAll(async () => {
      server = await startMonogram({ dataDir })
    })
    afterAll(async () => {
      await server[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    })

    test('an import whose server is killed in the middle ends with the same figures when it is started again', async () => {
      const interrupted = runMonogram(['import', FILE, '--mapping', MAPPING, '--json'], { dataDir })
      await somethingStored(server, await createKey(dataDir, ['read']))
      await server.kill()
      expect((await interrupted).code).not.toBe(0)

      server = await startMonogram({ dataDir })
      const summary = await importAll(dataDir)
      expect(summary.rows).toBe(541_909)
      expect(summary.events.rejected).toBe(0)
      expect(summary.events.conflict).toBe(0)
      await expectFiftyCustomersRight(server, dataDir)
    })

    test('importing the file a second time changes nothing', async () => {
      const key = await createKey(dataDir, ['read'])
      const before = await versions(server, key)
      const summary = await importAll(dataDir)
      expect(summary.events.stored).toBe(0)
      expect(await versions(server, key)).toEqual(before)
      await expectFiftyCustomersRight(server, dataDir)
    })
  },
)

interface Summary {
  rows: number
  events: { stored: number; duplicate: number; conflict: number; rejected: number }
}

async function importAll(dataDir: string): Promise<Summary> {
  const { code, stdout, stderr } = await runMonogram(['import', FILE, '--mapping', MAPPING, '--json'], {
    dataDir,
  })
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Summary
}

/** The interruption is only one when part of the file is in. */
async function somethingStored(server: MonogramProcess, key: string): Promise<void> {
  for (;;) {
    const { data } = await graph(
      server.url,
      key,
      `{ searchProfiles(text: "1", first: 1) { edges { cursor } } }`,
    )
    if ((data as { searchProfiles: { edges: unknown[] } }).searchProfiles.edges.length > 0) return
  }
}

const FIGURES = `query Figures($by: [ProfileKey!]!) {
  profiles(by: $by) {
    version
    metrics(currency: "GBP") {
      orders grossRevenue { amount } refunded { amount } revenue { amount } lastOrderAt
    }
  }
}`

async function expectFiftyCustomersRight(server: MonogramProcess, dataDir: string): Promise<void> {
  const expected = onlineRetailFigures(FILE)
  const customers = [...expected.keys()].sort(() => Math.random() - 0.5).slice(0, 50)
  const { data } = await graph(server.url, await createKey(dataDir, ['read']), FIGURES, {
    by: customers.map(userId),
  })
  const answered = (data as { profiles: { metrics: Record<string, unknown> }[] }).profiles.map(
    ({ metrics }) => ({
      ...metrics,
      ...Object.fromEntries(
        ['grossRevenue', 'refunded', 'revenue'].map((name) => [
          name,
          (metrics[name] as { amount: number }).amount,
        ]),
      ),
    }),
  )
  expect(Object.fromEntries(customers.map((customer, i) => [customer, answered[i]]))).toEqual(
    Object.fromEntries(customers.map((customer) => [customer, expected.get(customer)])),
  )
}

async function versions(server: MonogramProcess, key: string): Promise<unknown> {
  const customers = [...onlineRetailFigures(FILE).keys()].slice(0, 500)
  return graph(server.url, key, `query Versions($by: [ProfileKey!]!) { profiles(by: $by) { id version } }`, {
    by: customers.map(userId),
  })
}

function userId(value: string): { kind: string; value: string } {
  return { kind: 'userId', value }
}
