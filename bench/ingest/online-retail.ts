import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../platform/project-root.ts'
import { createKey, residentMegabytes, runMonogram, startMonogram } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'

const root = projectRoot(import.meta.url)

const FILE = join(root, '..', 'shared', 'data', 'online-retail', 'online_retail.csv.gz')
const MAPPING = join(root, 'demo', 'online-retail.mapping.json')

/** Imports Online Retail through a running server, then reads people through its graph. */
export async function onlineRetail(): Promise<Figure[]> {
  if (!existsSync(FILE)) {
    console.error(`skipped: the import figures need ${FILE}`)
    return []
  }
  await using server = await startMonogram()
  const key = await createKey(server.dataDir, ['read'])
  const args = ['import', FILE, '--mapping', MAPPING, '--json']
  const { code, stdout, stderr } = await runMonogram(args, { dataDir: server.dataDir })
  if (code !== 0) throw new Error(`the import failed: ${stderr}`)
  const { rows, seconds } = JSON.parse(stdout) as { rows: number; seconds: number }

  const read = reader(server.url, key)
  const people = Array.from({ length: 500 }, (_, i) => ({ kind: 'userId', value: String(12_346 + i * 8) }))
  const one = await timed(400, (i) => read([people[i % people.length]]))
  const many = await timed(30, () => read(people))
  const resident = residentMegabytes(server.pid)
  const conditions = 'Online Retail, 541,909 rows, into a running server'
  return [
    figure('import', rows / seconds, 'rows/s', conditions, { op: '>=', value: 20_000 }),
    ...(resident === null
      ? []
      : [
          figure('resident memory after the import', resident, 'MB', conditions, {
            op: '<=' as const,
            value: 400,
          }),
        ]),
    figure('read of one profile p50', percentile(one, 0.5), 'ms', 'POST /graphql, one at a time'),
    figure('read of one profile p99', percentile(one, 0.99), 'ms', 'POST /graphql, one at a time'),
    figure('read of 500 profiles p50', percentile(many, 0.5), 'ms', 'POST /graphql, one request at a time'),
    figure('read of 500 profiles p99', percentile(many, 0.99), 'ms', 'POST /graphql, one request at a time'),
  ]
}

const QUERY = `query People($by: [ProfileKey!]!) {
  profiles(by: $by) {
    id version email firstName
    metrics(currency: "GBP") { orders revenue { amount currency } lastOrderAt }
  }
}`

function reader(url: string, key: string): (by: readonly unknown[]) => Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return async (by) => {
    const body = JSON.stringify({ query: QUERY, variables: { by } })
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    const answer = (await response.json()) as { data?: { profiles: unknown[] }; errors?: unknown }
    if (answer.errors !== undefined || answer.data?.profiles.length !== by.length) {
      throw new Error(`the graph answered ${JSON.stringify(answer).slice(0, 500)}`)
    }
  }
}

/** Milliseconds of each run, after a warm-up that is not counted. */
async function timed(runs: number, run: (i: number) => Promise<void>): Promise<number[]> {
  for (let i = 0; i < runs / 10; i++) await run(i)
  const samples: number[] = []
  for (let i = 0; i < runs; i++) {
    const before = performance.now()
    await run(i)
    samples.push(performance.now() - before)
  }
  return samples
}
