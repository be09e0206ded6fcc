import { z } from 'zod'
import { CALLER_HEADER } from '../core/access/caller-token.ts'
import { SCOPES, type ApiKeyRecord } from '../core/access/principal.ts'
import { StorageError, type ApiKeyStore } from '../storage/ports.ts'
import { KEY_DOOR_PATH } from './key-door.ts'

export interface RemoteKeyStoreOptions {
  /** Processes that have a store, each asked when the one before does not answer. */
  urls: readonly string[]
  ownToken: () => string
  timeoutMs?: number
}

const answerSchema = z.object({
  record: z
    .object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(SCOPES)),
      secretHmac: z.string(),
      createdAt: z.number(),
      revokedAt: z.number().nullable(),
    })
    .nullable(),
})

const MAX_ATTEMPTS = 3

/** The keys of a deployment as a process without a store reads them; it makes and revokes none. */
export function createRemoteKeyStore(options: RemoteKeyStoreOptions): ApiKeyStore {
  const { urls, ownToken, timeoutMs = 500 } = options
  if (urls.length === 0) throw new Error('nobody can be asked for keys')
  /** The one that answered last is asked first. */
  let first = 0

  return {
    async get(id) {
      let cause: unknown
      for (let attempt = 0; attempt < Math.min(MAX_ATTEMPTS, urls.length); attempt++) {
        try {
          return await ask(urls[first] ?? '', id)
        } catch (error) {
          cause = error
          first = (first + 1) % urls.length
        }
      }
      throw new StorageError('no process with a store answers about keys', { retryable: true, cause })
    },
    list: readOnly,
    put: readOnly,
  }

  async function ask(url: string, id: string): Promise<ApiKeyRecord | null> {
    const response = await fetch(new URL(KEY_DOOR_PATH + encodeURIComponent(id), url), {
      headers: { [CALLER_HEADER]: ownToken() },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok)
      throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
    return answerSchema.parse(await response.json()).record
  }
}

function readOnly(): Promise<never> {
  return Promise.reject(new Error('a gateway makes no keys; `monogram keys` does, where the store is'))
}
