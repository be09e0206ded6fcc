import { Counter, Gauge, type Registry } from 'prom-client'
import type { EntityBatchingCounters } from './batching/batch-entities.ts'
import type { RootFetchCounters } from './batching/join-root.ts'
import type { CacheCounts } from './engine/two-level-cache.ts'
import type { HttpSubgraph } from './transports/http-subgraph.ts'

/** What each subgraph over HTTP is at, read when the metrics are. */
export function measureSubgraphs(registry: Registry, current: () => readonly HttpSubgraph[]): void {
  gauge(
    'monogram_subgraph_circuit_open',
    'Whether a subgraph is not asked since it kept failing.',
    ({ state }) => (state.circuit === 'open' ? 1 : 0),
  )
  gauge(
    'monogram_subgraph_calls_running',
    'Calls of a subgraph that wait for its answer.',
    ({ state }) => state.runningCalls,
  )
  gauge(
    'monogram_subgraph_calls_queued',
    'Calls of a subgraph that wait for their turn.',
    ({ state }) => state.queuedCalls,
  )

  function gauge(name: string, help: string, read: (subgraph: HttpSubgraph) => number): void {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ['subgraph'],
        registers: [],
        collect() {
          this.reset()
          for (const subgraph of current()) this.set({ subgraph: subgraph.name }, read(subgraph))
        },
      }),
    )
  }
}

/** What of the documents of requests was planned before. Trusted documents are not in these: they are always planned. */
export function measureDocuments(registry: Registry, counts: () => CacheCounts): void {
  registry.registerMetric(
    new Counter({
      name: 'monogram_document_cache_hits_total',
      help: 'Requests whose document was planned already; counted anew with each supergraph.',
      registers: [],
      collect() {
        this.reset()
        this.inc(counts().hits)
      },
    }),
  )
  registry.registerMetric(
    new Counter({
      name: 'monogram_document_cache_misses_total',
      help: 'Requests whose document had to be validated and planned.',
      registers: [],
      collect() {
        this.reset()
        this.inc(counts().misses)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'monogram_document_cache_entries',
      help: 'Planned documents that are kept, refusals included.',
      registers: [],
      collect() {
        this.set(counts().entries)
      },
    }),
  )
}

/** How much of what requests asked of subgraphs was asked together. */
export function measureBatching(
  registry: Registry,
  entities: Readonly<EntityBatchingCounters>,
  roots: Readonly<RootFetchCounters>,
): void {
  // What was asked before, such as by a rehearsal, was asked for nobody.
  const before = { ...entities, ...roots }
  counter('monogram_entity_batches_total', 'Calls for entities.', () => entities.batches - before.batches)
  counter(
    'monogram_entity_callers_total',
    'Fetches of entities, of which a call may be for several.',
    () => entities.callers - before.callers,
  )
  counter(
    'monogram_entity_representations_total',
    'Entities asked for.',
    () => entities.representations - before.representations,
  )
  counter(
    'monogram_entity_duplicates_total',
    'Entities that the same call was asked for already.',
    () => entities.duplicates - before.duplicates,
  )
  counter(
    'monogram_entity_retries_total',
    'Fetches asked again alone, since their batch failed.',
    () => entities.retries - before.retries,
  )
  counter('monogram_root_calls_total', 'Calls for root fields.', () => roots.sent - before.sent)
  counter(
    'monogram_root_joined_total',
    'Fetches of root fields that joined a call under way.',
    () => roots.joined - before.joined,
  )

  function counter(name: string, help: string, read: () => number): void {
    registry.registerMetric(
      new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset()
          this.inc(read())
        },
      }),
    )
  }
}
