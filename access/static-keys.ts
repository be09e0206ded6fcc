import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Authenticate } from '../core/access/authenticate.ts'
import { SCOPES, type Principal } from '../core/access/principal.ts'
import { MonogramError } from '../core/errors.ts'
import { createAuthenticate } from './authenticate.ts'

const keys = z.array(
  z.strictObject({
    name: z.string().min(1).max(80),
    sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'expected 64 hex digits'),
    scopes: z.array(z.enum(SCOPES)).min(1),
  }),
)

/**
 * Who may call, from a file instead of a store: `[{ "name", "sha256": hash of the key in hex, "scopes": ["read"] }]`. A
 * plain hash is enough only for keys that nobody can guess: at least 128 random bits. CONFIG_INVALID names the mistakes.
 */
export async function readStaticKeys(path: string): Promise<Authenticate> {
  const byHash = parseStaticKeys(await readText(path), path)
  return createAuthenticate({
    apiKeys: { authenticate: async (key) => byHash.get(sha256(key)) ?? null },
    sessions: { authenticate: () => null },
  })
}

function parseStaticKeys(text: string, path: string): ReadonlyMap<string, Principal> {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new MonogramError('CONFIG_INVALID', `${path}: is not JSON (${String(error)})`, { cause: error })
  }
  const parsed = keys.safeParse(content)
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`)
    throw new MonogramError('CONFIG_INVALID', mistakes.join('\n'))
  }
  return new Map(
    parsed.data.map(({ name, sha256: hash, scopes }) => [
      hash.toLowerCase(),
      { kind: 'api-key', id: hash.slice(0, 10).toLowerCase(), name, scopes },
    ]),
  )
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new MonogramError('CONFIG_INVALID', `${path}: the file of keys cannot be read`, { cause: error })
  }
}

function sha256(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
