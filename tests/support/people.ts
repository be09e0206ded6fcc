import type { RequestContext } from '../../core/access/request-context.ts'
import { homeProfile, type IdentityKey } from '../../core/identity/identity-key.ts'
import type { ProfileDocument, ProfileView } from '../../core/profile/profile.ts'
import type { Storage } from '../../storage/ports.ts'

/** A request of somebody who may read. Each call is another request. */
export function aRequest(fields: Partial<RequestContext> = {}): RequestContext {
  return {
    requestId: 'request-1',
    principal: { kind: 'api-key', id: 'key-1', name: 'test', scopes: ['read'] },
    ...fields,
  }
}

/** A profile as it is read: of the person with this identity, unless the fields say otherwise. */
export function aPerson(
  key: IdentityKey,
  view: Partial<ProfileView> = {},
  fields: Partial<ProfileDocument> = {},
): ProfileDocument {
  const id = fields.id ?? homeProfile(key)
  return {
    id,
    rev: 1,
    version: 1,
    asOf: Date.UTC(2011, 11, 9),
    view: {
      identities: [key],
      firstSeenAt: null,
      lastSeenAt: null,
      eventCount: 0,
      traits: {},
      metrics: {},
      recentOrders: [],
      bought: [],
      viewed: [],
      recent: [],
      ...view,
    },
    rolling: {},
    basis: { seq: 0, trails: { [`trail of ${key}`]: 1 } },
    mergedInto: null,
    nextChangeAt: null,
    outbox: [],
    unpublished: null,
    ...fields,
  }
}

/** A profile that was merged away: what is left of it. */
export function aTombstone(key: IdentityKey, mergedInto: string, version: number): ProfileDocument {
  return aPerson(key, { identities: [] }, { mergedInto, version, rev: version })
}

/** Stores the profiles as they are, whatever was there before. */
export async function putPeople(storage: Storage, ...people: ProfileDocument[]): Promise<void> {
  const present = await storage.profiles.get(people.map(({ id }) => id))
  const written = await storage.profiles.put(
    people.map((person) => ({
      profile: { ...person, rev: (present.get(person.id)?.rev ?? 0) + 1 },
      terms: person.view.identities.map((key) => key.slice(key.indexOf(':') + 1).toLowerCase()),
    })),
  )
  if (written.includes(false)) throw new Error('a profile was written by somebody else')
}
