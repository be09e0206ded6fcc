import { Counter, Gauge, Histogram, type Metric } from 'prom-client'
import type { Clock } from '../platform/clock.ts'
import type { EventBacklog, Storage } from '../storage/ports.ts'

/** What the event path tells of itself while it works. */
export interface PathMetrics {
  /** To be registered where they are read. */
  readonly all: readonly Metric[]
  /** What became of events that were sent. */
  countEvents(outcome: EventOutcome, events?: number): void
  /** Carries out a step; measures how long it takes and counts what it did. A step that did nothing is not measured. */
  time<T>(step: PathStep, work: () => Promise<T>, countOf: (result: T) => number): Promise<T>
}

/** `refused`: sent back before any of it was stored, for want of room or of a store that takes writes. */
export type EventOutcome = 'stored' | 'duplicate' | 'conflict' | 'rejected' | 'refused'

/** `fold` counts events, `link` pairs, `materialise` and `sweep` profiles, `relay` changes. */
export type PathStep = 'fold' | 'link' | 'materialise' | 'sweep' | 'relay'

export function createPathMetrics({ storage, clock }: { storage: Storage; clock: Clock }): PathMetrics {
  const registers: [] = []
  const events = new Counter({
    name: 'monogram_events_total',
    help: 'Events that were sent, by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  const durations = new Histogram({
    name: 'monogram_event_step_duration_seconds',
    help: 'Time of one step of the worker that found work: folding, linking, materialising, sweeping, relaying.',
    labelNames: ['step'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const items = new Counter({
    name: 'monogram_event_step_items_total',
    help: 'What the steps did: events folded, pairs linked, profiles materialised and swept, changes relayed.',
    labelNames: ['step'],
    registers,
  })

  return {
    all: [events, durations, items, ...gauges(storage, clock)],
    countEvents: (outcome, count = 1) => events.labels(outcome).inc(count),
    async time(step, work, countOf) {
      const startedAt = performance.now()
      const result = await work()
      const count = countOf(result)
      if (count === 0) return result
      durations.labels(step).observe((performance.now() - startedAt) / 1_000)
      items.labels(step).inc(count)
      return result
    },
  }
}

/** Read from the store when somebody asks; a gauge whose read fails keeps the value that it had. */
function gauges(storage: Storage, clock: Clock): Metric[] {
  const gauge = (name: string, help: string, read: () => number | Promise<number>): Metric =>
    new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        const value = await Promise.resolve()
          .then(read)
          .catch(() => null)
        if (value !== null) this.set(value)
      },
    })
  // Whoever asks, asks for all of them: what they tell is read once.
  let reading: Promise<EventBacklog> | null = null
  const read = (): Promise<EventBacklog> =>
    (reading ??= storage.events.backlog().finally(() => (reading = null)))
  const backlog = (name: string, help: string, of: (found: EventBacklog) => number): Metric =>
    gauge(name, help, async () => of(await read()))

  return [
    backlog(
      'monogram_event_lag_seconds',
      'For how long the oldest acknowledged event has been waiting to be folded; 0 when none waits.',
      ({ oldestReceivedAt }) =>
        oldestReceivedAt === null ? 0 : Math.max(0, clock() - oldestReceivedAt) / 1_000,
    ),
    backlog('monogram_events_pending', 'Events that wait to be folded.', ({ pending }) => pending),
    backlog(
      'monogram_events_parked',
      'Events that were set aside: no fold could apply them.',
      ({ parked }) => parked,
    ),
    gauge('monogram_store_writes_waiting', 'Writes that wait for the store.', () => storage.waitingWrites()),
  ]
}
