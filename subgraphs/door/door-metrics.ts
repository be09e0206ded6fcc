import { Counter, Histogram, type Registry } from 'prom-client'
import type { ErrorCode } from '../../core/errors.ts'

export interface DoorMetrics {
  observe(subgraph: string, seconds: number): void
  refused(subgraph: string, code: ErrorCode): void
}

/** Of all the doors of one process. */
export function createDoorMetrics(registry: Registry): DoorMetrics {
  const durations = new Histogram({
    name: 'monogram_subgraph_call_duration_seconds',
    help: 'Time in which a subgraph of this process answered a call of the gateway.',
    labelNames: ['subgraph'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10],
    registers: [registry],
  })
  const refused = new Counter({
    name: 'monogram_subgraph_calls_refused_total',
    help: 'Calls that a subgraph of this process refused, by the code of the refusal.',
    labelNames: ['subgraph', 'code'],
    registers: [registry],
  })
  const children = new Map<string, Histogram.Internal<'subgraph'>>()
  return {
    observe(subgraph, seconds) {
      let child = children.get(subgraph)
      if (!child) children.set(subgraph, (child = durations.labels(subgraph)))
      child.observe(seconds)
    },
    refused: (subgraph, code) => refused.labels(subgraph, code).inc(),
  }
}
