import { randomUUID } from 'node:crypto'
import { MonogramError } from '../core/errors.ts'
import type { ProgressStore } from '../storage/ports.ts'
import type { Stream } from '../stream/ports.ts'

/*
 * Who the processes of a deployment are: its store has an id, made once, and it has one secret. With another secret a process
 * refuses every key, and with the Redis of another deployment its readers see the profiles of others: neither is begun.
 */

/** By which a store says whose it is: `{ id }`. */
const DEPLOYMENT = 'deployment'
/** `{ secret }`, its fingerprint; there once a process that shares the store has had one. */
const DEPLOYMENT_SECRET = 'deployment-secret'

/**
 * The id of the store, for a process that has this secret. Of processes that come first at once, with one secret each,
 * one secret is that of the store.
 * @throws MonogramError CONFIG_INVALID when the deployment has another
 */
export async function requireOwnStore(progress: ProgressStore, fingerprint: string | null): Promise<string> {
  const { id } = await progress.putIfAbsent(DEPLOYMENT, { id: randomUUID() })
  if (fingerprint !== null) {
    const { secret } = await progress.putIfAbsent(DEPLOYMENT_SECRET, { secret: fingerprint })
    if (secret !== fingerprint) throw anotherSecret()
  }
  return id as string
}

/** From now on the store is that of processes with this secret; keys that were made under another one are void. */
export async function adoptSecret(progress: ProgressStore, fingerprint: string): Promise<void> {
  await progress.put(DEPLOYMENT_SECRET, { secret: fingerprint })
}

/** @throws MonogramError CONFIG_INVALID when another deployment uses it */
export async function requireOwnRedis(
  stream: Pick<Stream, 'claim'>,
  owner: { store: string | null; secret: string | null },
): Promise<void> {
  const named = Object.entries(owner).filter((entry): entry is [string, string] => entry[1] !== null)
  const other = await stream.claim(Object.fromEntries(named))
  if (other === null) return
  const what = other === 'store' ? 'another store' : 'another MONOGRAM_SECRET'
  throw new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_REDIS_URL: processes with ${what} use this Redis, and each would see what the other keeps: give all ` +
      'processes of a deployment the same settings, and every deployment a Redis, or a database of one, of its own; ' +
      'if the other is gone, empty this one (FLUSHDB)',
  )
}

function anotherSecret(): MonogramError {
  return new MonogramError(
    'CONFIG_INVALID',
    'MONOGRAM_SECRET: expected the one that this store was first used with, got another, under which none of its keys ' +
      'is valid: give all processes the same; if that one is lost, `monogram keys create --new-secret` begins with this one',
  )
}
