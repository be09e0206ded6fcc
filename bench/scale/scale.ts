import { createCatalogue } from '../../ingest/catalogue.ts'
import { figure, type Figure } from '../support/figures.ts'
import { measureEvents } from './events.ts'
import { startMeasuredCluster, whyNot } from './parties.ts'
import { crowd, products } from './people.ts'
import { measureRenders, warmUp } from './renders.ts'
import { measureIdle, measureSizes } from './sizes.ts'

/** Most first: workers are stopped one after the other. */
const WORKERS = [4, 2, 1]
const GATEWAYS = [1, 2, 4]
const PEOPLE = 80
const WARM_UP = 40

/**
 * What 1, 2 and 4 workers and gateways do over the protocol document server and Redis, every role a process of its own,
 * with the demo's people. All share the cores of one machine, which is soon busy: throughput then says nothing of how
 * Monogram scales, and CPU time, round trips, commands and bytes for each operation say it. docs/scaling.md counts with
 * them.
 */
export async function scaleBench(): Promise<Figure[]> {
  const reason = whyNot()
  if (reason !== null) return [figure('scale bench skipped', 0, '', reason)]
  await using measured = await startMeasuredCluster({ gateway: 4, worker: 4 })
  const { cluster, storage } = measured
  await createCatalogue({ products: storage.products, clock: Date.now }).upsert(products())
  const figures: Figure[] = []
  const people: string[] = []
  let running = Math.max(...WORKERS)
  await measureEvents(measured, running, crowd('warm', WARM_UP))
  figures.push(...(await measureIdle(measured, running)))
  for (const workers of WORKERS) {
    for (; running > workers; running--) await cluster.stop(`worker-${running - 1}`)
    const sent = crowd(`crowd-${workers}`, PEOPLE)
    figures.push(...(await measureEvents(measured, workers, sent)))
    people.push(...sent.userIds)
  }
  figures.push(...(await measureIdle(measured, running)))
  const warm = crowd('warm', WARM_UP).userIds
  await warmUp(measured, Math.max(...GATEWAYS), [...warm, ...warm, ...warm, ...warm])
  for (const [i, gateways] of GATEWAYS.entries()) {
    const userIds = people.slice(i * PEOPLE, (i + 1) * PEOPLE)
    figures.push(...(await measureRenders(measured, gateways, { userIds, kind: 'new people' })))
    const again = Array.from({ length: 4 }, () => userIds).flat()
    figures.push(...(await measureRenders(measured, gateways, { userIds: again, kind: 'known people' })))
  }
  figures.push(...(await measureSizes(measured, people.length + WARM_UP)))
  return figures
}
