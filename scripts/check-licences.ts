import { installedPackages } from './installed-packages.ts'
import type { CheckResult } from './check.ts'

const PERMISSIVE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Python-2.0',
  'Unlicense',
])

/** The one exception, and why: docs/decisions/0003-apollo-subgraph.md. */
const EXCEPTIONS: Readonly<Record<string, string>> = { '@apollo/federation-internals': 'Elastic-2.0' }

/** Tools that only build and test with: MPL-2.0 asks for its own files' source alone, and none of them is shipped. */
const DEV_EXCEPTIONS: Readonly<Record<string, string>> = {
  lightningcss: 'MPL-2.0',
  'lightningcss-linux-x64-gnu': 'MPL-2.0',
  'lightningcss-linux-arm64-gnu': 'MPL-2.0',
}

/** Fails on every installed package whose licence is neither permissive nor the one exception. */
export function checkLicences(root: string): CheckResult {
  const packages = installedPackages(root)
  const refused = packages.filter(
    ({ name, license, dev }) =>
      !isAllowed(license) && EXCEPTIONS[name] !== license && !(dev && DEV_EXCEPTIONS[name] === license),
  )
  return {
    ok: refused.length === 0 && packages.length > 0,
    output: refused
      .map(({ name, version, license }) => `${name}@${version}: ${license ?? 'no licence'}`)
      .join('\n'),
  }
}

function isAllowed(license: string | null): boolean {
  if (license === null) return false
  return license
    .replace(/\(https?:[^)]*\)/, '')
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => PERMISSIVE.has(one.trim())))
}
