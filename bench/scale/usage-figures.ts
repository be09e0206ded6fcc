import { cpus } from 'node:os'
import { figure, type Figure } from '../support/figures.ts'
import type { Usage } from './usage.ts'

/** What a service used for each of so many operations, all its processes together. */
export function each({ cpuMs }: Usage, service: string, operations: number): number {
  return (cpuMs[service] ?? 0) / operations
}

/** Who had the machine meanwhile: where the sum is near 100 %, the machine is what bounds the throughput. */
export function shares(usage: Usage, name: (what: string) => string, ours: readonly string[]): Figure[] {
  const all = usage.seconds * 1_000 * cpus().length
  const share = (ms: number): number => (100 * ms) / all
  const of = (services: readonly string[]): number =>
    share(services.reduce((sum, service) => sum + (usage.cpuMs[service] ?? 0), 0))
  const cores = `of ${cpus().length} cores`
  return [
    figure(name('share of what is measured'), of(ours), '%', `${ours.join(', ')}; ${cores}`),
    figure(name('share of the document server'), of(['documents']), '%', cores),
    figure(name('share of Redis'), of(['redis']), '%', cores),
    figure(name('share of load and counting'), of(['load']), '%', cores),
    figure(name('the whole machine'), share(usage.machineMs), '%', `${cores}, whoever uses them`),
  ]
}
