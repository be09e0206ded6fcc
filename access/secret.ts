import { createHmac, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inDataFolder } from '../platform/data-folder.ts'

/** The keys that are derived from the one secret of a deployment, so that none of them can stand in for another. */
export interface DeploymentSecrets {
  /** Under which the secrets of API keys are kept. */
  apiKeyPepper: Buffer
  /** Under which the cookies of browser sessions are signed. */
  sessionKey: Buffer
  /** Under which the processes of a deployment know each other: the first signs, each is accepted. */
  callerKeys: readonly Buffer[]
  /** By which another secret is known, without knowing this one. */
  fingerprint: string
}

export interface SecretOptions {
  /** MONOGRAM_SECRET; null when it is not set. */
  configured: string | null
  dataDir: string
  /** MONOGRAM_INTERNAL_SECRETS; null when it is not set. */
  internal: readonly string[] | null
}

/**
 * From MONOGRAM_SECRET, else from `<dataDir>/secret`, which the first start creates (mode 0600). Whoever loses it loses
 * all keys and sessions, and nothing else.
 */
export async function loadSecrets({
  configured,
  dataDir,
  internal,
}: SecretOptions): Promise<DeploymentSecrets> {
  const secret = configured ?? (await inDataFolder(dataDir, () => readOrCreate(dataDir)))
  return {
    apiKeyPepper: derive(secret, 'api-keys'),
    sessionKey: derive(secret, 'browser-sessions'),
    callerKeys: callerKeysOf(internal ?? [secret]),
    fingerprint: derive(secret, 'deployment').toString('base64url').slice(0, FINGERPRINT_LENGTH),
  }
}

/** Of MONOGRAM_INTERNAL_SECRETS, or else of the one secret. */
export function callerKeysOf(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => derive(secret, 'callers'))
}

const FINGERPRINT_LENGTH = 16

function derive(secret: string, purpose: string): Buffer {
  return createHmac('sha256', secret).update(`monogram/${purpose}`).digest()
}

async function readOrCreate(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret')
  const existing = await read(path)
  if (existing) return existing
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await create(path)
  const created = await read(path)
  if (!created)
    throw new Error(`${path} is empty: restore it from a backup, or delete it to invalidate all keys`)
  return created
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Written whole under another name, then linked: no process ever reads half a secret, and the first one wins. */
async function create(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    await chmod(path, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}
