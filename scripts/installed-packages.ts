import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface InstalledPackage {
  name: string
  version: string
  license: string | null
  enginesNode: string | null
  /** Only needed to build and test, not by the product. */
  dev: boolean
}

interface LockEntry {
  version?: string
  dev?: boolean
  optional?: boolean
}

/** Every package of the lock file that is installed on this platform, as its own package.json describes it. */
export function installedPackages(root: string): InstalledPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>
  }
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    const manifestPath = join(root, path, 'package.json')
    if (path === '' || !existsSync(manifestPath)) return []
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Record<string, unknown>
    const engines = manifest['engines'] as Record<string, string> | undefined
    return {
      name: String(manifest['name']),
      version: String(manifest['version']),
      license: licenseOf(manifest) ?? licenseFile(join(root, path)),
      enginesNode: engines?.['node'] ?? null,
      dev: entry.dev === true,
    }
  })
}

function licenseOf(manifest: Record<string, unknown>): string | null {
  const { license, licenses } = manifest
  if (typeof license === 'string') return license
  if (isTyped(license)) return license.type
  if (Array.isArray(licenses))
    return (
      licenses
        .filter(isTyped)
        .map(({ type }) => type)
        .join(' OR ') || null
    )
  return null
}

function isTyped(value: unknown): value is { type: string } {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** For the few that name no licence in their manifest but carry its text. */
function licenseFile(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file === undefined) return null
  const text = readFileSync(join(folder, file), 'utf8')
  return /permission is hereby granted, free of charge/i.test(text) ? 'MIT' : null
}
