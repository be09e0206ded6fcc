import { Counter, Gauge, type Registry } from 'prom-client'
import type { AdmissionCounts } from './admission.ts'

/** How full the render lane is, and what it answers with fallbacks alone since it is. */
export function measureAdmission(registry: Registry, counts: () => Readonly<AdmissionCounts>): void {
  void new Counter({
    name: 'monogram_render_refusals_total',
    help: 'Renders for which nothing was asked: at once, or late, after waiting for a place until it was time to answer.',
    labelNames: ['when'],
    registers: [registry],
    collect() {
      const { refusedAtOnce, refusedLate } = counts()
      this.reset()
      this.inc({ when: 'at-once' }, refusedAtOnce)
      this.inc({ when: 'late' }, refusedLate)
    },
  })
  void new Gauge({
    name: 'monogram_renders_in_flight',
    help: 'Renders for which subgraphs are being asked.',
    registers: [registry],
    collect() {
      this.set(counts().inFlight)
    },
  })
  void new Gauge({
    name: 'monogram_renders_waiting',
    help: 'Renders that wait for a place.',
    registers: [registry],
    collect() {
      this.set(counts().waiting)
    },
  })
}
