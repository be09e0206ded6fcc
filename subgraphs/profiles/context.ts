import type { RequestContext } from '../../core/access/request-context.ts'
import type { Principal } from '../../core/access/principal.ts'
import type { UndoMerge } from '../../core/identity/undo-merge.ts'
import type { Loaders, LoadersFor } from '../../loaders/create-loaders.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ProfileStore, Storage } from '../../storage/ports.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import type { AwaitDemands } from '../await-demands.ts'
import { createProfileFollower, type FollowProfile } from './follow-profile.ts'

export interface ProfilesDependencies {
  storage: Pick<Storage, 'profiles' | 'identities'>
  feed: ChangeFeed
  loadersFor: LoadersFor
  clock: Clock
  undoMerge: UndoMerge
  /** ISO 4217 code of what `metrics` counts in when it is not told: MONOGRAM_CURRENCY. */
  currency: string
  /** ISO 3166-1 alpha-2: whose phone numbers are that are looked up without their country's code. Nobody's when absent. */
  country?: string | null
  /** For requests that must show a write; without it nothing is said about what is shown. */
  awaitDemands?: AwaitDemands
}

export interface ProfilesContext {
  loaders: Loaders
  directory: Pick<ProfileStore, 'search' | 'list'>
  followProfile: FollowProfile
  undoMerge: UndoMerge
  principal: Principal
  /** One instant for all that a request asks, in epoch milliseconds. */
  now: number
  currency: string
  country: string | null
  signal: AbortSignal | undefined
}

export function createProfilesContext(dependencies: ProfilesDependencies) {
  const { storage, feed, loadersFor, clock, currency, undoMerge, country = null } = dependencies
  const followProfile = createProfileFollower({
    profiles: storage.profiles,
    identities: storage.identities,
    feed,
  })
  return (request: RequestContext): ProfilesContext => ({
    loaders: loadersFor(request),
    directory: storage.profiles,
    followProfile,
    undoMerge,
    principal: request.principal,
    now: clock(),
    currency,
    country,
    signal: request.signal,
  })
}
