import { rmSync } from 'node:fs'
import { parseEvent } from '../../core/events/parse-event.ts'
import type { Event } from '../../core/events/event.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { createEventPath, type EventPath } from '../../ingest/create-event-path.ts'
import { silentLog } from '../../platform/log.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { Storage } from '../../storage/ports.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import { temporaryFolder } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'

const SMALL = { profiles: 10_000, events: 50_000 }
const LARGE = process.argv.includes('--huge')
  ? { profiles: 200_000, events: 10_000_000 }
  : { profiles: 200_000, events: 1_000_000 }
const NOW = Date.now()
const CHUNK = 5_000

interface Costs {
  pointRead: number[]
  manyRead: number[]
  eventList: number[]
  append: number[]
  fold: number[]
  /** Events a second, by `replay --all`; empty where it was not measured. */
  replay: number[]
}

/** What reads and writes of the store cost with few profiles on disk and with many. */
export async function atSize(): Promise<Figure[]> {
  const small = await costsOf(SMALL)
  const large = await costsOf(LARGE)
  const conditions = `${LARGE.profiles} profiles and ${LARGE.events} events on disk, against ${SMALL.profiles} and ${SMALL.events}`
  const ratio = (name: keyof Costs): number => percentile(large[name], 0.5) / percentile(small[name], 0.5)
  return [
    figure('point read p99', percentile(large.pointRead, 0.99), 'ms', conditions, { op: '<=', value: 1 }),
    figure('point read, times the small store', ratio('pointRead'), 'x', conditions, {
      op: '<=',
      value: 1.5,
    }),
    figure('read of 500, times the small store', ratio('manyRead'), 'x', conditions, {
      op: '<=',
      value: 1.5,
    }),
    figure('list of events, times the small store', ratio('eventList'), 'x', conditions, {
      op: '<=',
      value: 1.5,
    }),
    figure('append of 100, times the small store', ratio('append'), 'x', conditions, { op: '<=', value: 3 }),
    figure('fold of 100 people, times the small store', ratio('fold'), 'x', conditions, {
      op: '<=',
      value: 3,
    }),
    figure('replay --all', percentile(large.replay, 0.5), 'events/s', conditions, {
      op: '>=',
      value: 20_000,
    }),
    figure('replay --all of the small store', percentile(small.replay, 0.5), 'events/s', conditions),
    figure('resident memory at its highest', process.resourceUsage().maxRSS / 1024, 'MB', conditions, {
      op: '<=',
      value: 500,
    }),
  ]
}

async function costsOf(size: { profiles: number; events: number }): Promise<Costs> {
  const dir = temporaryFolder()
  try {
    await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
    await fill(storage, size)
    return await measure(storage, size.profiles)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * Through the event path itself: what is on disk is what a server would have. The events of a person come one after the
 * other, so that each trail and profile is written once.
 */
async function fill(
  storage: Storage,
  { profiles, events }: { profiles: number; events: number },
): Promise<void> {
  await using path = createEventPath({ ...parts, storage, feed: createMemoryFeed() })
  for (let n = 0; n < events; n += CHUNK) {
    await storage.events.append(
      Array.from({ length: Math.min(CHUNK, events - n) }, (_, i) =>
        event(n + i, Math.floor(((n + i) * profiles) / events)),
      ),
    )
    path.worker.wake('anything')
    if (n % (20 * CHUNK) === 0) await path.worker.settled()
  }
  await path.worker.settled()
}

async function measure(storage: Storage, profiles: number): Promise<Costs> {
  const person = (n: number): string => homeProfile(`userId:user-${(n * 7_919) % profiles}`)
  const people = (n: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => person(n * count + i))
  const pointRead = await timed(3_000, (n) => storage.profiles.get([person(n)]))
  const manyRead = await timed(60, (n) => storage.profiles.get(people(n, 500)))
  const trails = await storage.profiles.get(people(0, 500))
  const groups = [...trails.values()].map(({ basis }) => Object.keys(basis.trails))
  const eventList = await timed(300, (n) =>
    storage.events.listByTrails([groups[n % groups.length] ?? []], { names: null, before: null, limit: 5 }),
  )
  let fresh = 1_000_000_000
  const anybody = (): Event => event(fresh++, (fresh * 7_919) % profiles)
  const append = await timed(100, () => storage.events.append(Array.from({ length: 100 }, anybody)))
  await using path = createEventPath({ ...parts, storage, feed: createMemoryFeed() })
  await path.worker.settled()
  const fold = await timed(30, async () => {
    await storage.events.append(Array.from({ length: 100 }, anybody))
    await path.worker.settled()
  })
  const replay = [await replaySpeed(storage, path)]
  return { pointRead, manyRead, eventList, append, fold, replay }
}

/** Beside the server's own worker, as the command does it. */
async function replaySpeed(storage: Storage, { replay }: EventPath): Promise<number> {
  const { events } = await storage.events.stats()
  const started = performance.now()
  const { failed, rebuilt } = await replay(
    { kind: 'all' },
    { onProgress: () => undefined, signal: new AbortController().signal },
  )
  if (failed > 0 || rebuilt > 0) throw new Error(`${failed} failed, ${rebuilt} were not as the log says`)
  return (events * 1_000) / (performance.now() - started)
}

const parts = { clock: () => NOW, log: silentLog(), currency: 'GBP', pollMs: 1 }

function event(n: number, person: number): Event {
  const raw = {
    type: 'track',
    event: 'Product Viewed',
    userId: `user-${person}`,
    messageId: String(n),
    timestamp: NOW - (n % 1_000_000) * 1_000,
    properties: { product_id: `product-${n % 500}`, price: 9.99 },
  }
  const parsed = parseEvent(raw, { source: 'bench', receivedAt: NOW, maxBytes: 32_768, newMessageId: String })
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.event
}

async function timed(runs: number, run: (n: number) => Promise<unknown>): Promise<number[]> {
  for (let n = 0; n < runs / 10; n++) await run(runs + n)
  const samples: number[] = []
  for (let n = 0; n < runs; n++) {
    const before = performance.now()
    await run(n)
    samples.push(performance.now() - before)
  }
  return samples
}
