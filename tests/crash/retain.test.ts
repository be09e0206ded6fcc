import { setTimeout as delay } from 'node:timers/promises'
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runMonogram, temporaryFolder } from '../../bench/support/monogram-process.ts'
import { openServices } from '../../cli/open-services.ts'
import { homeProfile, type ProfileId } from '../../core/identity/identity-key.ts'
import type { MetricsView } from '../../core/profile/profile.ts'
import { silentLog } from '../../platform/log.ts'
import { loadConfig } from '../../platform/config/load-config.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { Storage } from '../../storage/ports.ts'
import { arrivedEarlier } from '../support/arrived-earlier.ts'
import { recount } from '../support/recount.ts'

/** How often it is killed in the midst of its work. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 3)
const DAYS = 120
const DAY_MS = 86_400_000
const CURRENCY = 'USD'
/** Those with few events, and one of whom most are settled. */
const PEOPLE = 300
const EVENTS_EACH = 12
const EVENTS_OF_BUSY = 2_500

test(
  '`monogram retain`, killed at random moments and run again, deletes what is old and changes nobody',
  { timeout: 3_600_000 },
  async () => {
    const dataDir = temporaryFolder()
    try {
      await sendYears(dataDir)
      arrivedEarlier(dataDir, 8)
      const before = await figures(dataDir)
      expect(before.shown).toEqual(before.counted)

      const retain = ['retain', '--days', String(DAYS), '--json']
      let killAfterMs = (await timeOf(() => runMonogram(['retain', '--days', '36500'], { dataDir }))) * 0.7
      let left = before.old
      let midway = 0
      for (let kills = 0; midway < ROUNDS && kills < 5 * ROUNDS; kills++) {
        // A moment, not an event, is what is looked for: any may be the one at which something is lost.
        const afterMs = killAfterMs * (1 + Math.random() / 4)
        const killed = await runMonogram(retain, {
          dataDir,
          onSpawn: (child) => void delay(afterMs).then(() => child.kill('SIGKILL')),
        })
        const { events } = await countOld(dataDir)
        if (killed.code !== null || events === 0) break
        if (events < left) midway++
        else killAfterMs *= 1.25
        left = events
      }
      expect(midway).toBeGreaterThan(0)

      const { code, stdout, stderr } = await runMonogram(retain, { dataDir })
      expect(code, stderr).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ left: 0 })
      expect(await countOld(dataDir)).toEqual({ events: 0 })
      expect((await figures(dataDir)).shown).toEqual(before.counted)
      const replay = await runMonogram(['replay', '--all', '--json'], { dataDir })
      expect(JSON.parse(replay.stdout)).toMatchObject({ rebuilt: 0, failed: 0, unchanged: PEOPLE + 1 })
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
)

async function sendYears(dataDir: string): Promise<void> {
  const { config } = await loadConfig({ MONOGRAM_DATA_DIR: dataDir, MONOGRAM_CURRENCY: CURRENCY })
  await using services = await openServices(config, silentLog())
  const now = Date.now()
  const raws = [
    ...Array.from({ length: PEOPLE * EVENTS_EACH }, (_, i) => happening(`person-${i % PEOPLE}`, i, now)),
    ...Array.from({ length: EVENTS_OF_BUSY }, (_, i) => happening('busy', PEOPLE * EVENTS_EACH + i, now)),
  ]
  for (let first = 0; first < raws.length; first += 500) {
    await services.accept(raws.slice(first, first + 500), { source: 'test', maxEventBytes: 32_768 })
  }
  await services.settled()
}

/** Over 400 days, in no order of time. Every third order is amended, some after very long. */
function happening(userId: string, serial: number, now: number): Record<string, unknown> {
  const timestamp = new Date(now - ((serial * 7_919) % 400) * DAY_MS - 1_000).toISOString()
  const raw = { type: 'track', userId, messageId: `m${serial}`, timestamp }
  const order = Math.floor(serial / 3) % 900
  const properties = { order_id: `${userId} ${order}`, total: serial % 500, currency: CURRENCY }
  if (serial % 4 === 0) return { ...raw, event: 'Product Viewed', properties: { product_id: serial % 50 } }
  return { ...raw, event: serial % 3 === 0 ? 'Order Updated' : 'Order Completed', properties }
}

interface Figures {
  /** What profiles show, by the id of the profile. */
  shown: Record<ProfileId, FiguresOfOne>
  /** What the log gives when it is counted as simply as can be. */
  counted: Record<ProfileId, FiguresOfOne>
  /** Events that are to be deleted. */
  old: number
}

interface FiguresOfOne {
  events: number
  metrics: Pick<MetricsView, 'orders' | 'grossRevenue' | 'refunded'> | null
}

async function figures(dataDir: string): Promise<Figures> {
  await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
  const keys = [...Array.from({ length: PEOPLE }, (_, i) => `userId:person-${i}`), 'userId:busy']
  const ids = keys.map(homeProfile)
  const profiles = await storage.profiles.get(ids)
  const shown = ids.map((id) => {
    const view = profiles.get(id)?.view
    return [id, { events: view?.eventCount ?? 0, metrics: sums(view?.metrics) }] as const
  })
  const log = await readLog(storage)
  const byIdentity = new Map<string, typeof log>(keys.map((key) => [key, []]))
  for (const event of log) byIdentity.get(event.identity)?.push(event)
  const counted = ids.map((id, i) => {
    const own = byIdentity.get(keys[i] ?? '') ?? []
    const { metrics } = recount(own, Date.now(), CURRENCY)
    return [id, { events: own.length, metrics: sums(metrics) }] as const
  })
  return {
    shown: Object.fromEntries(shown),
    counted: Object.fromEntries(counted),
    old: log.filter(isOld).length,
  }
}

function sums(metrics: Record<string, MetricsView> | undefined): FiguresOfOne['metrics'] {
  const own = metrics?.[CURRENCY]
  if (!own) return null
  const { orders, grossRevenue, refunded } = own
  return { orders, grossRevenue, refunded }
}

async function countOld(dataDir: string): Promise<{ events: number }> {
  await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
  return { events: (await readLog(storage)).filter(isOld).length }
}

function isOld({ time }: { time: number }): boolean {
  return time < Date.now() - DAYS * DAY_MS - 60_000
}

async function readLog({ events }: Storage) {
  const log: Awaited<ReturnType<typeof events.scan>>['events'] = []
  for (let after: string | null = null, more = true; more;) {
    const page: Awaited<ReturnType<typeof events.scan>> = await events.scan(null, after, 5_000)
    log.push(...page.events)
    after = page.next
    more = after !== null
  }
  return log
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
