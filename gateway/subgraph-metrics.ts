import { Gauge, type Registry } from 'prom-client'
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
    new Gauge({
      name,
      help,
      labelNames: ['subgraph'],
      registers: [registry],
      collect() {
        this.reset()
        for (const subgraph of current()) this.set({ subgraph: subgraph.name }, read(subgraph))
      },
    })
  }
}
