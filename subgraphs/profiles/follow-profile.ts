import { homeProfile, type IdentityKey, type ProfileId } from '../../core/identity/identity-key.ts'
import type { ProfileDocument } from '../../core/profile/profile.ts'
import { isAlive } from '../../loaders/read-profiles.ts'
import { isStorableId } from '../../loaders/storable.ts'
import type { DeliveryPolicy } from '../../schema/generated/profiles.ts'
import type { ProfileModel } from '../../schema/models.ts'
import type { IdentityStore, ProfileStore } from '../../storage/ports.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import { badInput } from '../bad-input.ts'
import type { ProfileTarget } from './profile-key.ts'
import { collectChanges, type WaitingChange, type WaitingChanges } from './waiting-changes.ts'

export interface FollowerOptions {
  profiles: Pick<ProfileStore, 'get'>
  identities: Pick<IdentityStore, 'rows'>
  feed: ChangeFeed
  /** How many changes may wait for a subscriber that takes each. */
  maxWaiting?: number
}

/** The source of `profileChanged`. Its `return()` ends it also while it waits for a change. */
export type FollowProfile = (
  target: ProfileTarget,
  options: { policy: DeliveryPolicy; signal: AbortSignal | undefined },
) => AsyncIterableIterator<{ profileChanged: ProfileMessage }>

/** A `ProfileChange` of the graph. */
export interface ProfileMessage {
  profile: ProfileModel | null
  from: number
  version: number
  changed: string[]
  mergedInto: ProfileId | null
}

/**
 * The feed is attached before anything is read, and every message reads the store: so no change can fall between
 * what was read and what is told next. A change at or below the last version told is one that a read has seen
 * already. An identity's profile is looked up again whenever the profile's identities may have changed.
 */
export function createProfileFollower(options: FollowerOptions): FollowProfile {
  const { profiles, identities, feed, maxWaiting = 1_000 } = options

  async function findId(target: FollowedTarget): Promise<ProfileId> {
    if (target.kind === 'id') return target.id
    const rows = await identities.rows([target.key])
    return rows.get(target.key)?.profileId ?? homeProfile(target.key)
  }

  async function read(id: ProfileId): Promise<ProfileDocument | undefined> {
    return (await profiles.get([id])).get(id)
  }

  async function* follow(
    target: FollowedTarget,
    policy: DeliveryPolicy,
    signal: AbortSignal,
  ): AsyncGenerator<{ profileChanged: ProfileMessage }, void, undefined> {
    let told = false
    while (!signal.aborted) {
      const id = await findId(target)
      const attached = new AbortController()
      const changes = attach(id, policy, AbortSignal.any([signal, attached.signal]))
      try {
        let moved = (await findId(target)) !== id
        if (!moved) {
          for await (const message of followOne(id, changes, told)) {
            // Before it is told, so that a merge that comes later is not overtaken by where it leads.
            const mayHaveMoved =
              message.profile === null ||
              message.changed.length === 0 ||
              message.changed.includes('identities')
            moved = mayHaveMoved && (await findId(target)) !== id
            yield { profileChanged: message }
            told = true
            if (moved) break
          }
        }
        if (!moved) return
      } finally {
        attached.abort()
      }
    }
  }

  function attach(id: ProfileId, policy: DeliveryPolicy, signal: AbortSignal): WaitingChanges {
    // Twice what may wait, so that a burst is judged by the policy before the feed makes a gap of it.
    const messages = feed.subscribe({ entity: 'Profile', id, maxQueued: 2 * maxWaiting, signal })
    return collectChanges(messages, policy, maxWaiting)
  }

  /** The messages of one profile until the feed ends. That nobody is known is told only at the very beginning. */
  async function* followOne(
    id: ProfileId,
    changes: WaitingChanges,
    told: boolean,
  ): AsyncGenerator<ProfileMessage, void, undefined> {
    const present = await read(id)
    let last = present?.version ?? 0
    if (present || !told) yield messageOf(present, last, last, [])
    for (let next = await changes.take(); next !== null; next = await changes.take()) {
      if (next.kind === 'change' && next.version <= last) continue
      const document = await read(id)
      const message = nextMessage(document, next, last)
      if (message.version <= last) continue
      last = message.version
      yield message
    }
  }

  return (subject, { policy, signal }) => {
    const target = requireSomebody(subject)
    const ending = new AbortController()
    const messages = follow(target, policy, signal ? AbortSignal.any([signal, ending.signal]) : ending.signal)
    return {
      next: () => messages.next(),
      // A generator that waits does not hear of `return` before it goes on: ending the feed makes it.
      return() {
        ending.abort()
        return messages.return()
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}

type FollowedTarget = { kind: 'id'; id: ProfileId } | { kind: 'identity'; key: IdentityKey }

/** A query may ask for what nobody can be known by, and gets null; waiting for it would be waiting for ever. */
function requireSomebody(target: ProfileTarget): FollowedTarget {
  if (target.kind === 'id') {
    if (isStorableId(target.id)) return target
    throw badInput('by.id: expected the id of a profile')
  }
  if (target.key !== null) return { kind: 'identity', key: target.key }
  throw badInput('by.value: expected a value that can identify somebody')
}

/** A change that leaves none out since `last`; otherwise a snapshot that covers all since then. */
function nextMessage(
  document: ProfileDocument | undefined,
  next: WaitingChange,
  last: number,
): ProfileMessage {
  if (next.kind === 'change' && next.from <= last + 1) {
    return messageOf(document, last + 1, next.version, next.changed)
  }
  const told = next.kind === 'change' ? next.version : last
  return messageOf(document, last + 1, Math.max(document?.version ?? 0, told), [])
}

function messageOf(
  document: ProfileDocument | undefined,
  from: number,
  version: number,
  changed: readonly string[],
): ProfileMessage {
  const profile = document && isAlive(document) ? document : null
  return { profile, from, version, changed: [...changed], mergedInto: document?.mergedInto ?? null }
}
