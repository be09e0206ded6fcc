import { wrkIsInstalled } from '../gateway/measure/wrk.ts'
import { figure, type Figure } from '../support/figures.ts'
import { cpuARequest } from './cpu-a-request.ts'

/** The render lane with its cache: what a request costs. */
export async function cacheBench(): Promise<Figure[]> {
  if (!wrkIsInstalled()) {
    return [figure('cache bench skipped', 0, '', 'wrk is not installed: apt-get install -y wrk')]
  }
  return cpuARequest()
}
