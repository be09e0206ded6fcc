import { Counter, Gauge, type Registry } from 'prom-client'
import type { EntityCache } from './entity-cache.ts'

/** How much of what requests asked was at hand, what was kept, and whether it was right. Read when the metrics are. */
export function measureEntityCache(registry: Registry, { counters, near }: EntityCache): void {
  counter('monogram_cache_hits_total', 'Entities that were at hand, by level.', 'level', () => counters.hits)
  counter('monogram_cache_misses_total', 'Entities that were read from their subgraph.', null, () => ({
    all: counters.misses,
  }))
  counter('monogram_cache_joined_total', 'Reads of entities that waited for one under way.', null, () => ({
    all: counters.joined,
  }))
  counter(
    'monogram_cache_fills_total',
    'Entities that were to be kept in the process: filled, or refused since there was no position in the feed, since they had been told changed, or since they were older than their fence.',
    'outcome',
    () => counters.fills,
  )
  counter(
    'monogram_cache_store_fills_total',
    'Entities that were to be kept for all processes.',
    'outcome',
    () => counters.storeFills,
  )
  counter(
    'monogram_cache_stale_total',
    'Entities that were answered marked as stale, by reason.',
    'reason',
    () => counters.stale,
  )
  counter('monogram_cache_evictions_total', 'Entities that gave way to others.', null, () => ({
    all: near.counts.evictions,
  }))
  counter(
    'monogram_cache_samples_total',
    'Answers of the cache that were compared with the subgraph.',
    null,
    () => ({
      all: counters.samples,
    }),
  )
  counter(
    'monogram_cache_inconsistency_total',
    'Answers of the cache that were not what the store has. Any is a bug.',
    null,
    () => ({ all: counters.inconsistencies }),
  )
  gauge('monogram_cache_bytes', 'What the process keeps of entities, in bytes.', () => near.counts.bytes)
  gauge(
    'monogram_cache_entities',
    'Of how many entities the process keeps something.',
    () => near.counts.entities,
  )

  function counter<Label extends string>(
    name: string,
    help: string,
    labelName: string | null,
    read: () => Record<Label, number>,
  ): void {
    registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames: labelName === null ? [] : [labelName],
        registers: [],
        collect() {
          this.reset()
          for (const [label, value] of Object.entries<number>(read())) {
            if (labelName === null) this.inc(value)
            else this.inc({ [labelName]: label }, value)
          }
        },
      }),
    )
  }

  function gauge(name: string, help: string, read: () => number): void {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read())
        },
      }),
    )
  }
}
