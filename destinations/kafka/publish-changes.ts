import type { ProfileId } from '../../core/identity/identity-key.ts'
import { inBackground } from '../../platform/in-background.ts'
import type { Log } from '../../platform/log.ts'
import type { TopicWriter } from '../../platform/kafka/topic-writer.ts'
import { createSaidRarely } from '../../platform/said-rarely.ts'
import type { Sleep } from '../../platform/sleep.ts'
import type { ProfileStore, UnpublishedChange } from '../../storage/ports.ts'

export interface PublishChangesOptions {
  profiles: Pick<ProfileStore, 'findUnpublished' | 'clearUnpublished'>
  writer: TopicWriter
  sleep: Sleep
  log: Log
  /** How many changes were published, for metrics. */
  onPublished?: (changes: number) => void
  pollMs?: number
}

/** Profiles whose changes go out as one request. */
const STEP = 500
const FIRST_WAIT_MS = 200
const MAX_WAIT_MS = 1_000
const SAY_AGAIN_MS = 30_000

/**
 * Carries what has changed of profiles to a topic, keyed by profile, at least once and whatever dies in between: what
 * is to be told stands in the profile's document until the topic has it. It runs beside the worker, so that a cluster
 * that is away holds up nothing; what happens to a profile meanwhile is told as one change that covers all versions.
 */
export function createPublishChanges(options: PublishChangesOptions): AsyncDisposable {
  const { profiles, writer, sleep, log, onPublished, pollMs = 50 } = options
  const isToBeTold = createSaidRarely({ everyMs: SAY_AGAIN_MS })
  let lastId: ProfileId | null = null
  return inBackground(run)

  async function run(stop: AbortSignal): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    while (!stop.aborted) {
      try {
        const { isMore } = await publishSome()
        waitMs = FIRST_WAIT_MS
        if (!isMore) await sleep(pollMs, stop)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const told = isToBeTold(reason)
        if (told)
          log.error({ reason, ...told }, 'changes cannot be published now; they are kept and tried again')
        await sleep(waitMs, stop)
        waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)
      }
    }
  }

  /** Goes round all profiles with something to tell, so that busy ones cannot keep others waiting. */
  async function publishSome(): Promise<{ isMore: boolean }> {
    const found = await profiles.findUnpublished(lastId, STEP)
    const isMore = found.length === STEP || lastId !== null
    lastId = found.length === STEP ? (found.at(-1)?.id ?? null) : null
    if (found.length === 0) return { isMore }
    await writer.write(found.map((change) => ({ key: change.id, value: JSON.stringify(messageOf(change)) })))
    await profiles.clearUnpublished(found.map(({ id, change }) => ({ id, version: change.version })))
    onPublished?.(found.length)
    return { isMore }
  }
}

/** In the words of the graph's ProfileChange. */
function messageOf({ id, mergedInto, change: { from, version, changed, at } }: UnpublishedChange): object {
  return { profile: { id }, from, version, changed, mergedInto, at: new Date(at).toISOString() }
}
