import { satisfies } from 'semver'
import { installedPackages } from './installed-packages.ts'
import type { CheckResult } from './check.ts'

/** The oldest Node that Monogram runs on. */
const FLOOR = '20.19.0'

/** Fails on every installed package whose `engines` exclude the oldest Node that Monogram runs on. */
export function checkEngines(root: string): CheckResult {
  const refused = installedPackages(root).filter(
    ({ enginesNode }) => enginesNode !== null && !satisfies(FLOOR, enginesNode),
  )
  return {
    ok: refused.length === 0,
    output: refused
      .map(({ name, version, enginesNode }) => `${name}@${version} wants node ${enginesNode}`)
      .join('\n'),
  }
}
