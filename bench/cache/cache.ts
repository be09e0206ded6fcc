import { wrkIsInstalled } from '../gateway/measure/wrk.ts'
import { figure, type Figure } from '../support/figures.ts'
import { cpuARequest } from './cpu-a-request.ts'
import { invalidation } from './invalidation.ts'

/** The gateway's cache: what a render costs, and how long an event takes until no gateway answers what was before it. */
export async function cacheBench(): Promise<Figure[]> {
  const renders = wrkIsInstalled()
    ? await cpuARequest()
    : [figure('renders of the cache bench skipped', 0, '', 'wrk is not installed: apt-get install -y wrk')]
  return [...renders, ...(await invalidation())]
}
