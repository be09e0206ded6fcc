import { wrkIsInstalled } from '../gateway/measure/wrk.ts'
import { figure, type Figure } from '../support/figures.ts'
import { isWanted } from '../support/options.ts'
import { cpuARequest } from './cpu-a-request.ts'
import { invalidation } from './invalidation.ts'
import { parseCacheBenchOptions } from './options.ts'
import { RENDERS } from './render-lane.ts'

/** The gateway's cache: what a render costs, and how long an event takes until no gateway answers what was before it. */
export async function cacheBench(): Promise<Figure[]> {
  const options = parseCacheBenchOptions(process.argv.slice(2))
  const figures: Figure[] = []
  if (RENDERS.some((name) => isWanted(name, options.only))) {
    if (wrkIsInstalled()) figures.push(...(await cpuARequest(options)))
    else
      figures.push(
        figure('renders of the cache bench skipped', 0, '', 'wrk is not installed: apt-get install -y wrk'),
      )
  }
  if (isWanted('acknowledged', options.only)) figures.push(...(await invalidation()))
  return figures
}
