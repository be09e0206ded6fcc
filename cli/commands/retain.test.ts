import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { arrivedEarlier } from '../../tests/support/arrived-earlier.ts'
import { runLine, type Outcome } from '../testing/run-line.ts'
import { takeEvents } from '../testing/take-events.ts'

const DAY = 86_400_000

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'monogram-retain-'))))
afterEach(() => rm(dir, { recursive: true }))

test('deletes old events, keeps what people are, and says how far back the log is whole', async () => {
  await send(200, 150, 10)
  const before = JSON.parse((await run('status --state-hash --json')).stdout) as Record<string, unknown>
  expect(before).toMatchObject({ logBegins: null })
  const fresh = await run('retain --days 180')
  expect(fresh.stdout).toMatch(/events deleted +0\n/)
  expect(fresh.stdout).toMatch(/and all that arrived after +20/)
  arrivedEarlier(join(dir, 'data'), 8)
  const text = await run('retain --days 180')
  expect(text.stdout).toMatch(/events deleted +1\n/)
  const json = await run('retain --json', { MONOGRAM_RETAIN_DAYS: '100' })
  expect(JSON.parse(json.stdout)).toMatchObject({ trails: 1, deleted: 1, left: 0, resumed: false })
  const { logBegins, ...after } = JSON.parse(
    (await run('status --state-hash --json')).stdout,
  ) as typeof before
  expect(after).toMatchObject({ events: { events: 1 }, stateHash: before['stateHash'] })
  expect(Date.now() - Number(logBegins)).toBeGreaterThanOrEqual(100 * DAY)
  const replay = JSON.parse((await run('replay --all --json')).stdout) as Record<string, unknown>
  expect(replay).toMatchObject({ unchanged: 1, rebuilt: 0, logBegins })
})

test.each([
  ['retain', 'USAGE: retain: give --days N, or set MONOGRAM_RETAIN_DAYS'],
  ['retain --days 30', 'USAGE: retain: --days takes a whole number from 92'],
  ['retain --days 1.5e3', 'USAGE: retain: --days takes a whole number from 92'],
])('%s says what is missing, and deletes nothing', async (line, message) => {
  const { code, stderr } = await run(line)
  expect(code).not.toBe(0)
  expect(stderr).toContain(message)
})

async function send(...daysAgo: number[]): Promise<void> {
  const raws = daysAgo.map((days) => ({
    type: 'track',
    event: 'Order Completed',
    userId: 'ada',
    messageId: `m${days}`,
    timestamp: new Date(Date.now() - days * DAY).toISOString(),
    properties: { order_id: days, total: days },
  }))
  await takeEvents(raws, { MONOGRAM_DATA_DIR: join(dir, 'data') })
}

function run(line: string, env: Record<string, string> = {}): Promise<Outcome> {
  return runLine(line, { cwd: dir, env: { MONOGRAM_DATA_DIR: join(dir, 'data'), ...env } })
}
