import { CALLER_HEADER } from '../core/access/caller-token.ts'
import { KEY_DOOR_PATH } from './key-door.ts'

/**
 * What a process at an address makes of a token: `known` answers it; `refused` was signed with another secret, or by
 * another clock; `away` did not answer.
 */
export type Knock = { kind: 'known' } | { kind: 'refused' | 'away'; why: string }

/** An id that no key has. */
const NOBODY = '-'
const MAX_WHY = 300

/** Whether a process of the deployment takes calls that are signed so. Never rejects. */
export async function knock(url: string, token: string, timeoutMs = 1_000): Promise<Knock> {
  try {
    const response = await fetch(new URL(KEY_DOOR_PATH + NOBODY, url), {
      headers: { [CALLER_HEADER]: token },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = (await response.text()).slice(0, MAX_WHY)
    if (response.ok) return { kind: 'known' }
    return { kind: response.status === 401 ? 'refused' : 'away', why: `${response.status} ${text}` }
  } catch (error) {
    const { message, cause } = error as Error
    return { kind: 'away', why: cause instanceof Error ? cause.message : message }
  }
}
