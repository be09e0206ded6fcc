import { requireScope } from '../../core/access/require-scope.ts'
import { MonogramError } from '../../core/errors.ts'
import { formatDemand } from '../../core/freshness/demand.ts'
import { splitIdentityKey } from '../../core/identity/identity-key.ts'
import type { RecentOrder } from '../../core/profile/profile.ts'
import type { Order, Resolvers } from '../../schema/generated/profiles.ts'
import { badInput, boundedInt, boundedList } from '../bad-input.ts'
import { pageInfo } from '../connection.ts'
import { dateTimeScalar, jsonScalar, safeIntScalar } from '../scalars.ts'
import type { ProfilesContext } from './context.ts'
import { concernedKey, decisionKind, linksOf, reasonOf, undoTarget } from './links.ts'
import { metricsIn, rollingIn } from './metrics.ts'
import { loadProfiles, parseProfileKey } from './profile-key.ts'
import { nextChangeOf } from './next-change.ts'
import { countProfiles, searchProfiles } from './search.ts'
import { consentTo, emailOf, getTrait, pickTraits, textTrait } from './traits.ts'

const MAX_KEYS = 500
const MAX_TRAITS = 100

export const resolvers: Resolvers<ProfilesContext> = {
  DateTime: dateTimeScalar,
  JSON: jsonScalar,
  SafeInt: safeIntScalar,

  Query: {
    async profile(_, { by }, { loaders, country }) {
      const [profile] = await loadProfiles([parseProfileKey(by, 'by', country)], loaders)
      return profile ?? null
    },
    profiles: (_, { by }, { loaders, country }) => {
      const keys = boundedList('by', by, MAX_KEYS)
      return loadProfiles(
        keys.map((key, i) => parseProfileKey(key, `by[${i}]`, country)),
        loaders,
      )
    },
    // Nobody can define a segment yet.
    segment: () => null,
    segments: () => [],
    searchProfiles: (_, args, context) => searchProfiles(args, context),
  },

  Mutation: {
    undoMerge(_, args, { undoMerge, principal, country }) {
      const { id } = requireScope(principal, 'admin')
      return undoMerge(undoTarget(args, country), id)
    },
  },

  Subscription: {
    profileChanged: {
      subscribe(_, { by, policy, resumeFrom }, { followProfile, country, signal }) {
        refuseResume(resumeFrom)
        return followProfile(parseProfileKey(by, 'by', country), { policy: policy ?? 'LATEST', signal })
      },
    },
    segmentChanged: {
      subscribe(_, { key, resumeFrom }) {
        refuseResume(resumeFrom)
        throw new MonogramError(
          'SEGMENT_UNKNOWN',
          `key: there is no segment "${key}"; segments lists those there are`,
        )
      },
    },
  },

  Profile: {
    __resolveReference: ({ id }, { loaders }) => loaders.profiles.load(id),
    nextChangeAt: (profile, _, { now }) => nextChangeOf(profile, now),
    async lagMs(profile, _, { loaders, now }) {
      const since = await loaders.waitingSince.load(profile)
      return since === null ? 0 : Math.max(1, now - since)
    },
    identities: ({ view }) => view.identities,
    merges: async ({ view }, { first }, { loaders }) => {
      const limit = boundedInt('first', first, { fallback: 100, min: 1, max: 500 })
      return (await linksOf(view, loaders)).slice(0, limit)
    },
    email: ({ view }) => emailOf(view),
    firstName: ({ view }) => textTrait(view, 'firstName'),
    lastName: ({ view }) => textTrait(view, 'lastName'),
    locale: ({ view }) => textTrait(view, 'locale'),
    firstSeenAt: ({ view }) => view.firstSeenAt,
    lastSeenAt: ({ view }) => view.lastSeenAt,
    eventCount: ({ view }) => view.eventCount,
    omitted: ({ view }) => view.omitted ?? [],
    trait: ({ view }, { key }) => getTrait(view, key),
    traits: ({ view }, { keys }) =>
      keys ? pickTraits(view, boundedList('keys', keys, MAX_TRAITS)) : view.traits,
    consent: ({ view }, { purpose }) => consentTo(view, purpose),
    metrics: (profile, args, { currency, now }) => metricsIn(profile, args.currency ?? currency, now),
    lastOrder: ({ view }) => (view.recentOrders[0] ? toOrder(view.recentOrders[0]) : null),
    recentOrders: ({ view }, { first }) =>
      view.recentOrders.slice(0, boundedInt('first', first, { fallback: 5, min: 1, max: 20 })).map(toOrder),
    segments: () => [],
    inSegment: () => null,
  },

  Metrics: {
    last: async ({ profile, currency }, { days }, { loaders, now }) =>
      rollingIn(await loaders.rolling(profile, now), days, currency),
  },

  Identity: {
    kind: (key) => splitIdentityKey(key).kind,
    value: (key) => splitIdentityKey(key).value,
    since: async (key, _, { loaders }) => (await loaders.identityRows.load(key))?.since ?? null,
    event: async (key, _, { loaders }) => (await loaders.keyLinks.load(key))[0]?.event ?? null,
  },

  IdentityLink: {
    identities: ({ pair }) => [...pair],
    decision: decisionKind,
    reason: reasonOf,
    identity: concernedKey,
  },

  ProfileVersion: {
    after: ({ id, version }) => formatDemand({ kind: 'version', id, version }),
    profile: ({ id }, _, { loaders }) => loaders.profiles.load(id),
  },

  ProfileConnection: {
    pageInfo,
    totalCount: ({ prefixes }, _, context) => countProfiles(prefixes, context),
  },
}

function toOrder({ key, orderId, orderedAt, gross, currency }: RecentOrder): Order {
  return { id: key, orderId, orderedAt, total: { amount: gross, currency } }
}

function refuseResume(resumeFrom: string | null | undefined): void {
  if (resumeFrom === null || resumeFrom === undefined) return
  throw badInput(
    'resumeFrom: subscriptions cannot be resumed yet; leave it out, and the first message is the present state',
  )
}
