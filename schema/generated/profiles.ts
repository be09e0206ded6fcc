// Made from schema/subgraphs by `npm run generate`; do not edit.
import type { JsonValue } from '../../core/json.ts'
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql'
import type {
  ProfileModel,
  IdentityModel,
  IdentityLinkModel,
  ProfileVersionModel,
  ProfilePage,
  MetricsModel,
} from '../models.ts'
export type Maybe<T> = T | null
export type InputMaybe<T> = T | null | undefined
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> }
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string }
  String: { input: string; output: string }
  Boolean: { input: boolean; output: boolean }
  Int: { input: number; output: number }
  Float: { input: number; output: number }
  /** An instant in RFC 3339, in UTC with milliseconds: `2011-12-09T12:50:00.000Z`. */
  DateTime: { input: never; output: number }
  /** Any JSON value, as it was sent. */
  JSON: { input: never; output: JsonValue }
  /** An integer between -(2^53 - 1) and 2^53 - 1: what a JSON number carries without loss. */
  SafeInt: { input: never; output: number }
  _FieldSet: { input: string; output: string }
}

/** Whom a cached value is for. */
export type CacheScope =
  /** All who have the same rights. */
  | 'PUBLIC'
  /** The principal who asked. */
  | 'PRIVATE'

/** What can be asked. */
export type Query = {
  /** The profile that an identity belongs to; null when nobody is known by it. */
  profile: Maybe<Profile>
  /** Many profiles at once, in the order asked, null where nobody is known: the way to read a batch of recipients. */
  profiles: Array<Maybe<Profile>>
  /** The segment with this key; null when there is none. */
  segment: Maybe<Segment>
  /** All segments that are defined. */
  segments: Array<Segment>
  /** People with, for every word of the text, an identity, a name or an e-mail address that begins with it. */
  searchProfiles: Maybe<ProfileConnection>
}

/** What can be asked. */
export type QueryProfileArgs = {
  by: ProfileKey
}

/** What can be asked. */
export type QueryProfilesArgs = {
  by: Array<ProfileKey>
}

/** What can be asked. */
export type QuerySegmentArgs = {
  key: Scalars['String']['input']
}

/** What can be asked. */
export type QuerySearchProfilesArgs = {
  text: Scalars['String']['input']
  first?: InputMaybe<Scalars['Int']['input']>
  after?: InputMaybe<Scalars['String']['input']>
}

/** What can be changed. Needs a key with the scope `admin`. */
export type Mutation = {
  /**
   * Takes a merge apart: the identifiers are not the same person. From then on no profile holds both, whatever else
   * links them, and people are as if the link had never been. Resolves when reads show it. The error LINK_UNKNOWN says
   * that no event has linked them.
   */
  undoMerge: UndoneMerge
}

/** What can be changed. Needs a key with the scope `admin`. */
export type MutationUndoMergeArgs = {
  identities: Array<IdentityInput>
  profile?: InputMaybe<Scalars['ID']['input']>
}

/** What can be followed live. */
export type Subscription = {
  /**
   * The profile as it is now, then each change of it. When it is merged into another, a message says so, and a
   * subscription by `kind` and `value` goes on with the profile that the identity then belongs to.
   */
  profileChanged: ProfileChange
  /** Each entry into a segment and each exit from it. */
  segmentChanged: MembershipChange
}

/** What can be followed live. */
export type SubscriptionProfileChangedArgs = {
  by: ProfileKey
  resumeFrom?: InputMaybe<Scalars['String']['input']>
  policy?: InputMaybe<DeliveryPolicy>
}

/** What can be followed live. */
export type SubscriptionSegmentChangedArgs = {
  key: Scalars['String']['input']
  resumeFrom?: InputMaybe<Scalars['String']['input']>
  policy?: InputMaybe<DeliveryPolicy>
}

/** Names a person: either `id` alone, or `kind` and `value` together. */
export type ProfileKey = {
  /** The id of a profile, as `Profile.id` told it. An id that was merged away leads to the profile it went into. */
  id?: InputMaybe<Scalars['ID']['input']>
  /** The kind of an identity: `userId`, `email`, `phone`, `anonymousId`, or the type of an external id. */
  kind?: InputMaybe<Scalars['String']['input']>
  /** The value of that identity. E-mail addresses and phone numbers may be given as people write them. */
  value?: InputMaybe<Scalars['String']['input']>
}

/** Names an identifier. */
export type IdentityInput = {
  /** `userId`, `email`, `phone`, `anonymousId`, or the type of an external id. */
  kind: Scalars['String']['input']
  /** Its value. E-mail addresses and phone numbers may be given as people write them. */
  value: Scalars['String']['input']
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type Profile = {
  /** The id of the profile. */
  id: Scalars['ID']['output']
  /** Rises by one with every change that a reader can see. */
  version: Scalars['Int']['output']
  /**
   * When something of it changes by time alone, with no event and no new version: a figure of a window, a number of days.
   * Null when nothing does.
   */
  nextChangeAt: Maybe<Scalars['DateTime']['output']>
  /** When the profile was last written. */
  asOf: Scalars['DateTime']['output']
  /**
   * How far the profile is behind what was acknowledged, in milliseconds: how long the oldest event sent under its
   * identities waits that it does not show. 0 when none waits.
   */
  lagMs: Maybe<Scalars['SafeInt']['output']>
  /** Everything this person is known by: user id first, then e-mail addresses, phone numbers and the rest. */
  identities: Array<Identity>
  /**
   * The links between identifiers that this profile rests on, and those that were refused to it: what was decided on
   * each, and why. In the order in which they were decided.
   */
  merges: Array<IdentityLink>
  /** The trait `email` where it is an address, else the first address among the identities. */
  email: Maybe<Scalars['String']['output']>
  /** The trait `firstName`. */
  firstName: Maybe<Scalars['String']['output']>
  /** The trait `lastName`. */
  lastName: Maybe<Scalars['String']['output']>
  /** The trait `locale`. */
  locale: Maybe<Scalars['String']['output']>
  /** The time of the first event. */
  firstSeenAt: Maybe<Scalars['DateTime']['output']>
  /** The time of the last event. */
  lastSeenAt: Maybe<Scalars['DateTime']['output']>
  /** How many events were sent about this person. */
  eventCount: Scalars['Int']['output']
  /** One trait, as it was last sent; null when it is not known. */
  trait: Maybe<Scalars['JSON']['output']>
  /**
   * What was sent and is not kept, because it is too much: `traits` (more fields than are kept, or names too long),
   * `traits.<field>` (its value is too long; the trait reads as unknown), `currencies`. Empty for nearly everybody.
   */
  omitted: Array<Scalars['String']['output']>
  /** The traits as one JSON object. */
  traits: Scalars['JSON']['output']
  /** What this person has agreed to, or refused; null when neither is known. */
  consent: Maybe<Consent>
  /** What this person has spent so far. */
  metrics: Metrics
  /** The last order; null when there is none. */
  lastOrder: Maybe<Order>
  /** The newest orders, newest first. */
  recentOrders: Array<Order>
  /** The segments that this person is in. */
  segments: Maybe<Array<Membership>>
  /** Whether this person is in the segment; null when there is no such segment. */
  inSegment: Maybe<Scalars['Boolean']['output']>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileMergesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileTraitArgs = {
  key: Scalars['String']['input']
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileTraitsArgs = {
  keys?: InputMaybe<Array<Scalars['String']['input']>>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileConsentArgs = {
  purpose: Scalars['String']['input']
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileMetricsArgs = {
  currency?: InputMaybe<Scalars['String']['input']>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileRecentOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileInSegmentArgs = {
  key: Scalars['String']['input']
}

/** One name that a person goes by. */
export type Identity = {
  /** `userId`, `email`, `phone`, `anonymousId`, or the type of an external id. */
  kind: Scalars['String']['output']
  /** The value, normalised: an e-mail address in lower case, a phone number in E.164. */
  value: Scalars['String']['output']
  /** When an event first named it together with another identifier; null when none has. */
  since: Maybe<Scalars['DateTime']['output']>
  /** The id of that event; null when there is none. */
  event: Maybe<Scalars['ID']['output']>
}

/** That an event has named two identifiers together, and what was decided about it. */
export type IdentityLink = {
  /** The id of the link. */
  id: Scalars['ID']['output']
  /** The two identifiers. */
  identities: Array<Identity>
  /** When the first event that named both arrived. */
  at: Scalars['DateTime']['output']
  /** The id of that event. */
  event: Scalars['ID']['output']
  /** What was decided last. */
  decision: LinkDecisionKind
  /**
   * Why. For BIND and MERGE, why the profile that remained did: `has-user-id`, `older`, `smaller-id`. For DROP: `blocked`,
   * `too-many-of-kind userId`. For REFUSE: `undone-elsewhere`, `too-many-keys`, `too-many-merges`, `too-many-linked`. For SPLIT: `undone`. For
   * QUARANTINE: `too-many-user-ids`, `too-many-links`.
   */
  reason: Maybe<Scalars['String']['output']>
  /** The identifier that joined (BIND), gave way (DROP) or is shared by too many (QUARANTINE). */
  identity: Maybe<Identity>
  /** The number of the decision in the identity log; null while the link waits for its first. */
  batch: Maybe<Scalars['Int']['output']>
}

/** What can be decided about a link. */
export type LinkDecisionKind =
  /** Not decided yet, or asked again. */
  | 'PENDING'
  /** Both identifiers were in one profile already. */
  | 'SAME'
  /** An identifier that was alone joined a profile. */
  | 'BIND'
  /** Two profiles of several identifiers became one. */
  | 'MERGE'
  /** The link breaks a rule, and the weaker of its identifiers stays where it was. */
  | 'DROP'
  /** The profile that would arise may not be; both stay where they were. */
  | 'REFUSE'
  /** The link was undone. */
  | 'SPLIT'
  /** One of the identifiers is shared by too many, and links nobody. */
  | 'QUARANTINE'

/** What an undo has brought about. */
export type UndoneMerge = {
  /** The links that no longer hold, with what is decided about them now. */
  links: Array<IdentityLink>
  /** Where their identifiers are now. */
  profiles: Array<ProfileVersion>
}

/** A profile at a version: a read that finds this version or a later one shows the change. */
export type ProfileVersion = {
  /** The id of the profile. */
  id: Scalars['ID']['output']
  /** The version. */
  version: Scalars['Int']['output']
  /** Both as one text, for the header `x-monogram-after` of a read that is to see this version or a later one. */
  after: Scalars['String']['output']
  /** The profile as it is now. */
  profile: Maybe<Profile>
}

/** What a person has said about one purpose. */
export type Consent = {
  /** What for. */
  purpose: Scalars['String']['output']
  /** True when the person agreed, false when the person refused. */
  granted: Scalars['Boolean']['output']
  /** When this was said; null when it was not told. */
  at: Maybe<Scalars['DateTime']['output']>
}

/** What a person has spent, in one currency. */
export type Metrics = {
  /** ISO 4217 code of the currency that all amounts here are in. */
  currency: Scalars['String']['output']
  /** The number of orders. */
  orders: Scalars['Int']['output']
  /** The sum of all orders, before refunds. */
  grossRevenue: Money
  /** The sum of all refunds. */
  refunded: Money
  /** What was spent less what was refunded. */
  revenue: Money
  /** `grossRevenue` by `orders`, rounded half away from zero; null without orders. */
  averageOrderValue: Maybe<Money>
  /** The time of the first order; null without orders. */
  firstOrderAt: Maybe<Scalars['DateTime']['output']>
  /** The time of the last order; null without orders. */
  lastOrderAt: Maybe<Scalars['DateTime']['output']>
  /** Recency, frequency and monetary value as of now. */
  rfm: Rfm
  /** What happened within the last days, up to this very moment: it changes by itself as time passes. */
  last: RollingMetrics
}

/** What a person has spent, in one currency. */
export type MetricsLastArgs = {
  days: Scalars['Int']['input']
}

/**
 * What happened within a window of time that ends now. An event counts from its own time on, and no more exactly as many
 * days later.
 */
export type RollingMetrics = {
  /** The length of the window. */
  days: Scalars['Int']['output']
  /** The number of orders placed. */
  orders: Scalars['Int']['output']
  /** What was ordered less what was refunded within the window; negative when more came back than went out. */
  revenue: Money
  /** How often a product was looked at: exact up to 1,000. */
  views: Scalars['Int']['output']
  /** How often a product was put into the cart: exact up to 1,000. */
  carts: Scalars['Int']['output']
}

/** Recency, frequency and monetary value: the three figures that customers are commonly sorted by. */
export type Rfm = {
  /** Whole days since the last order; null without orders. */
  recencyDays: Maybe<Scalars['Int']['output']>
  /** The number of orders. */
  frequency: Scalars['Int']['output']
  /** What was spent less what was refunded. */
  monetary: Money
}

/** An amount of money. */
export type Money = {
  /** In minor units of the currency: 1250 is 12.50 GBP, and 1250 JPY. */
  amount: Scalars['SafeInt']['output']
  /** ISO 4217 code. */
  currency: Scalars['String']['output']
}

/** An order of a person. */
export type Order = {
  /** The id of the event that told the order, or last amended it. */
  id: Scalars['ID']['output']
  /** The order id that the shop gave. */
  orderId: Scalars['String']['output']
  /** When it was ordered. */
  orderedAt: Scalars['DateTime']['output']
  /** What it came to, before refunds. */
  total: Money
}

/** A group of people, defined by a rule. */
export type Segment = {
  /** The key that the segment was defined with. */
  key: Scalars['String']['output']
  /** What it is called. */
  name: Scalars['String']['output']
  /** How many people are in it. */
  size: Maybe<Scalars['Int']['output']>
  /** Who is in it. */
  members: Maybe<ProfileConnection>
}

/** A group of people, defined by a rule. */
export type SegmentMembersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
  after?: InputMaybe<Scalars['String']['input']>
}

/** That a person is in a segment. */
export type Membership = {
  /** The segment. */
  segment: Segment
  /** Since when. */
  since: Scalars['DateTime']['output']
  /** When it ends by itself, as time passes; null when only an event can end it. */
  until: Maybe<Scalars['DateTime']['output']>
}

/** That a person has entered a segment or left it. */
export type MembershipChange = {
  /** The key of the segment. */
  segmentKey: Scalars['String']['output']
  /** Who; null when the profile is gone. */
  profile: Maybe<Profile>
  /** The id of that profile. */
  profileId: Scalars['ID']['output']
  /** The version of the profile that brought the change. */
  version: Scalars['Int']['output']
  /** True for an entry, false for an exit. */
  member: Scalars['Boolean']['output']
  /** When it happened. */
  at: Scalars['DateTime']['output']
}

/** A page of people. */
export type ProfileConnection = {
  /** The people of this page, in order of their ids. */
  edges: Array<ProfileEdge>
  /** Whether there is more, and how to ask for it. */
  pageInfo: PageInfo
  /** How many there are on all pages; null when there are more than 1,000. */
  totalCount: Maybe<Scalars['Int']['output']>
}

/** One person of a page. */
export type ProfileEdge = {
  /** Give it as `after` to go on behind this edge. */
  cursor: Scalars['String']['output']
  /** The person. */
  node: Profile
}

/** Where a page stands among all of them. */
export type PageInfo = {
  /** Whether there are more after this page. */
  hasNextPage: Scalars['Boolean']['output']
  /** Whether this page began after a cursor. */
  hasPreviousPage: Scalars['Boolean']['output']
  /** The cursor of the first edge; null when the page is empty. */
  startCursor: Maybe<Scalars['String']['output']>
  /** The cursor of the last edge; null when the page is empty. */
  endCursor: Maybe<Scalars['String']['output']>
}

/** What happens when changes come faster than a subscriber takes them. */
export type DeliveryPolicy =
  /** Those that wait become one message with the latest state; it says from which version on it covers. */
  | 'LATEST'
  /** Every change is a message. A subscriber too far behind is closed with the code SUBSCRIBER_TOO_SLOW. */
  | 'ALL'

/**
 * A message of `profileChanged`: the present state, or what has changed. Messages leave no version out: each begins
 * where the one before ended, unless the subscription went over to another profile.
 */
export type ProfileChange = {
  /**
   * The profile as it was read after the change, so its own `version` may be ahead of this message's. Null when
   * nobody is known yet, and when the profile was merged into another or erased.
   */
  profile: Maybe<Profile>
  /** The first version that this message covers. */
  from: Scalars['Int']['output']
  /** The last version that this message covers. */
  version: Scalars['Int']['output']
  /** The fields of the profile that changed; empty in the first message, and when it is not known which. */
  changed: Array<Scalars['String']['output']>
  /** The id of the profile that this one was merged into. */
  mergedInto: Maybe<Scalars['ID']['output']>
}

export type ResolverTypeWrapper<T> = Promise<T> | T

export type ReferenceResolver<TResult, TReference, TContext> = (
  reference: TReference,
  context: TContext,
  info: GraphQLResolveInfo,
) => Promise<TResult> | TResult

type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>
type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>
type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>
export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> }

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>
}
export type Resolver<
  TResult,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => Promise<TResult> | TResult

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => TResult | Promise<TResult>

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>

export type SubscriptionResolver<
  TResult,
  TKey extends string,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>

export type TypeResolveFn<
  TTypes,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
> = (parent: TParent, context: TContext, info: GraphQLResolveInfo) => Maybe<TTypes> | Promise<Maybe<TTypes>>

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  obj: T,
  context: TContext,
  info: GraphQLResolveInfo,
) => boolean | Promise<boolean>

export type NextResolverFn<T> = () => Promise<T>

export type DirectiveResolverFn<
  TResult = Record<PropertyKey, never>,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => TResult | Promise<TResult>

/** Mapping of federation types */
export type FederationTypes = {
  Profile: Profile
}

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Profile: { __typename: 'Profile' } & GraphQLRecursivePick<FederationTypes['Profile'], { id: true }>
}

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CacheScope: CacheScope
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>
  ID: ResolverTypeWrapper<Scalars['ID']['output']>
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>
  ProfileKey: ProfileKey
  IdentityInput: IdentityInput
  Profile: ResolverTypeWrapper<ProfileModel>
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>
  Identity: ResolverTypeWrapper<IdentityModel>
  IdentityLink: ResolverTypeWrapper<IdentityLinkModel>
  LinkDecisionKind: LinkDecisionKind
  UndoneMerge: ResolverTypeWrapper<
    Omit<UndoneMerge, 'links' | 'profiles'> & {
      links: Array<ResolversTypes['IdentityLink']>
      profiles: Array<ResolversTypes['ProfileVersion']>
    }
  >
  ProfileVersion: ResolverTypeWrapper<ProfileVersionModel>
  Consent: ResolverTypeWrapper<Consent>
  Metrics: ResolverTypeWrapper<MetricsModel>
  RollingMetrics: ResolverTypeWrapper<RollingMetrics>
  Rfm: ResolverTypeWrapper<Rfm>
  Money: ResolverTypeWrapper<Money>
  Order: ResolverTypeWrapper<Order>
  Segment: ResolverTypeWrapper<
    Omit<Segment, 'members'> & { members?: Maybe<ResolversTypes['ProfileConnection']> }
  >
  Membership: ResolverTypeWrapper<Omit<Membership, 'segment'> & { segment: ResolversTypes['Segment'] }>
  MembershipChange: ResolverTypeWrapper<
    Omit<MembershipChange, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }
  >
  ProfileConnection: ResolverTypeWrapper<ProfilePage>
  ProfileEdge: ResolverTypeWrapper<Omit<ProfileEdge, 'node'> & { node: ResolversTypes['Profile'] }>
  PageInfo: ResolverTypeWrapper<PageInfo>
  DeliveryPolicy: DeliveryPolicy
  ProfileChange: ResolverTypeWrapper<
    Omit<ProfileChange, 'profile'> & { profile?: Maybe<ResolversTypes['Profile']> }
  >
  Int: ResolverTypeWrapper<Scalars['Int']['output']>
  String: ResolverTypeWrapper<Scalars['String']['output']>
}

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output']
  JSON: Scalars['JSON']['output']
  SafeInt: Scalars['SafeInt']['output']
  Query: Record<PropertyKey, never>
  Mutation: Record<PropertyKey, never>
  ID: Scalars['ID']['output']
  Subscription: Record<PropertyKey, never>
  ProfileKey: ProfileKey
  IdentityInput: IdentityInput
  Profile: ProfileModel
  Boolean: Scalars['Boolean']['output']
  Identity: IdentityModel
  IdentityLink: IdentityLinkModel
  UndoneMerge: Omit<UndoneMerge, 'links' | 'profiles'> & {
    links: Array<ResolversParentTypes['IdentityLink']>
    profiles: Array<ResolversParentTypes['ProfileVersion']>
  }
  ProfileVersion: ProfileVersionModel
  Consent: Consent
  Metrics: MetricsModel
  RollingMetrics: RollingMetrics
  Rfm: Rfm
  Money: Money
  Order: Order
  Segment: Omit<Segment, 'members'> & { members?: Maybe<ResolversParentTypes['ProfileConnection']> }
  Membership: Omit<Membership, 'segment'> & { segment: ResolversParentTypes['Segment'] }
  MembershipChange: Omit<MembershipChange, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> }
  ProfileConnection: ProfilePage
  ProfileEdge: Omit<ProfileEdge, 'node'> & { node: ResolversParentTypes['Profile'] }
  PageInfo: PageInfo
  ProfileChange: Omit<ProfileChange, 'profile'> & { profile?: Maybe<ResolversParentTypes['Profile']> }
  Int: Scalars['Int']['output']
  String: Scalars['String']['output']
}

export type CacheControlDirectiveArgs = {
  maxAge: Scalars['Int']['input']
  scope?: Maybe<CacheScope>
  staleWhileRevalidate?: Maybe<Scalars['Int']['input']>
  staleIfError?: Maybe<Scalars['Int']['input']>
}

export type CacheControlDirectiveResolver<
  Result,
  Parent,
  ContextType = any,
  Args = CacheControlDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>

export type FencedDirectiveArgs = {
  version: Scalars['String']['input']
  expiresAt?: Maybe<Scalars['String']['input']>
}

export type FencedDirectiveResolver<
  Result,
  Parent,
  ContextType = any,
  Args = FencedDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>

export type EntityLookupDirectiveArgs = {
  by: Scalars['String']['input']
  key?: Maybe<Scalars['String']['input']>
}

export type EntityLookupDirectiveResolver<
  Result,
  Parent,
  ContextType = any,
  Args = EntityLookupDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime'
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON'
}

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt'
}

export type QueryResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query'],
> = {
  profile?: Resolver<
    Maybe<ResolversTypes['Profile']>,
    ParentType,
    ContextType,
    RequireFields<QueryProfileArgs, 'by'>
  >
  profiles?: Resolver<
    Array<Maybe<ResolversTypes['Profile']>>,
    ParentType,
    ContextType,
    RequireFields<QueryProfilesArgs, 'by'>
  >
  segment?: Resolver<
    Maybe<ResolversTypes['Segment']>,
    ParentType,
    ContextType,
    RequireFields<QuerySegmentArgs, 'key'>
  >
  segments?: Resolver<Array<ResolversTypes['Segment']>, ParentType, ContextType>
  searchProfiles?: Resolver<
    Maybe<ResolversTypes['ProfileConnection']>,
    ParentType,
    ContextType,
    RequireFields<QuerySearchProfilesArgs, 'text' | 'first'>
  >
}

export type MutationResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation'],
> = {
  undoMerge?: Resolver<
    ResolversTypes['UndoneMerge'],
    ParentType,
    ContextType,
    RequireFields<MutationUndoMergeArgs, 'identities'>
  >
}

export type SubscriptionResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription'],
> = {
  profileChanged?: SubscriptionResolver<
    ResolversTypes['ProfileChange'],
    'profileChanged',
    ParentType,
    ContextType,
    RequireFields<SubscriptionProfileChangedArgs, 'by' | 'policy'>
  >
  segmentChanged?: SubscriptionResolver<
    ResolversTypes['MembershipChange'],
    'segmentChanged',
    ParentType,
    ContextType,
    RequireFields<SubscriptionSegmentChangedArgs, 'key' | 'policy'>
  >
}

export type ProfileResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Profile'] = ResolversParentTypes['Profile'],
  FederationReferenceType extends FederationReferenceTypes['Profile'] = FederationReferenceTypes['Profile'],
> = {
  __resolveReference?: ReferenceResolver<
    Maybe<ResolversTypes['Profile']> | FederationReferenceType,
    FederationReferenceType,
    ContextType
  >
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  nextChangeAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  lagMs?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>
  identities?: Resolver<Array<ResolversTypes['Identity']>, ParentType, ContextType>
  merges?: Resolver<
    Array<ResolversTypes['IdentityLink']>,
    ParentType,
    ContextType,
    RequireFields<ProfileMergesArgs, 'first'>
  >
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  firstName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  lastName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  locale?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  firstSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  eventCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  trait?: Resolver<
    Maybe<ResolversTypes['JSON']>,
    ParentType,
    ContextType,
    RequireFields<ProfileTraitArgs, 'key'>
  >
  omitted?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>
  traits?: Resolver<ResolversTypes['JSON'], ParentType, ContextType, Partial<ProfileTraitsArgs>>
  consent?: Resolver<
    Maybe<ResolversTypes['Consent']>,
    ParentType,
    ContextType,
    RequireFields<ProfileConsentArgs, 'purpose'>
  >
  metrics?: Resolver<ResolversTypes['Metrics'], ParentType, ContextType, Partial<ProfileMetricsArgs>>
  lastOrder?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>
  recentOrders?: Resolver<
    Array<ResolversTypes['Order']>,
    ParentType,
    ContextType,
    RequireFields<ProfileRecentOrdersArgs, 'first'>
  >
  segments?: Resolver<Maybe<Array<ResolversTypes['Membership']>>, ParentType, ContextType>
  inSegment?: Resolver<
    Maybe<ResolversTypes['Boolean']>,
    ParentType,
    ContextType,
    RequireFields<ProfileInSegmentArgs, 'key'>
  >
}

export type IdentityResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Identity'] = ResolversParentTypes['Identity'],
> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  since?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  event?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>
}

export type IdentityLinkResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['IdentityLink'] = ResolversParentTypes['IdentityLink'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  identities?: Resolver<Array<ResolversTypes['Identity']>, ParentType, ContextType>
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  event?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  decision?: Resolver<ResolversTypes['LinkDecisionKind'], ParentType, ContextType>
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>
  batch?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
}

export type UndoneMergeResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['UndoneMerge'] = ResolversParentTypes['UndoneMerge'],
> = {
  links?: Resolver<Array<ResolversTypes['IdentityLink']>, ParentType, ContextType>
  profiles?: Resolver<Array<ResolversTypes['ProfileVersion']>, ParentType, ContextType>
}

export type ProfileVersionResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['ProfileVersion'] = ResolversParentTypes['ProfileVersion'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  after?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>
}

export type ConsentResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Consent'] = ResolversParentTypes['Consent'],
> = {
  purpose?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  granted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>
  at?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
}

export type MetricsResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Metrics'] = ResolversParentTypes['Metrics'],
> = {
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  orders?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  grossRevenue?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
  refunded?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
  revenue?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
  averageOrderValue?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>
  firstOrderAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  lastOrderAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
  rfm?: Resolver<ResolversTypes['Rfm'], ParentType, ContextType>
  last?: Resolver<
    ResolversTypes['RollingMetrics'],
    ParentType,
    ContextType,
    RequireFields<MetricsLastArgs, 'days'>
  >
}

export type RollingMetricsResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['RollingMetrics'] = ResolversParentTypes['RollingMetrics'],
> = {
  days?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  orders?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  revenue?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
  views?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  carts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
}

export type RfmResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Rfm'] = ResolversParentTypes['Rfm'],
> = {
  recencyDays?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
  frequency?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  monetary?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
}

export type MoneyResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money'],
> = {
  amount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>
}

export type OrderResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  orderId?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  orderedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>
}

export type SegmentResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Segment'] = ResolversParentTypes['Segment'],
> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  size?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
  members?: Resolver<
    Maybe<ResolversTypes['ProfileConnection']>,
    ParentType,
    ContextType,
    RequireFields<SegmentMembersArgs, 'first'>
  >
}

export type MembershipResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Membership'] = ResolversParentTypes['Membership'],
> = {
  segment?: Resolver<ResolversTypes['Segment'], ParentType, ContextType>
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>
}

export type MembershipChangeResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['MembershipChange'] = ResolversParentTypes['MembershipChange'],
> = {
  segmentKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>
  profileId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  member?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
}

export type ProfileConnectionResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['ProfileConnection'] = ResolversParentTypes['ProfileConnection'],
> = {
  edges?: Resolver<Array<ResolversTypes['ProfileEdge']>, ParentType, ContextType>
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
}

export type ProfileEdgeResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['ProfileEdge'] = ResolversParentTypes['ProfileEdge'],
> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  node?: Resolver<ResolversTypes['Profile'], ParentType, ContextType>
}

export type PageInfoResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo'],
> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
}

export type ProfileChangeResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['ProfileChange'] = ResolversParentTypes['ProfileChange'],
> = {
  profile?: Resolver<Maybe<ResolversTypes['Profile']>, ParentType, ContextType>
  from?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  changed?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>
  mergedInto?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>
}

export type Resolvers<ContextType = any> = {
  DateTime?: GraphQLScalarType
  JSON?: GraphQLScalarType
  SafeInt?: GraphQLScalarType
  Query?: QueryResolvers<ContextType>
  Mutation?: MutationResolvers<ContextType>
  Subscription?: SubscriptionResolvers<ContextType>
  Profile?: ProfileResolvers<ContextType>
  Identity?: IdentityResolvers<ContextType>
  IdentityLink?: IdentityLinkResolvers<ContextType>
  UndoneMerge?: UndoneMergeResolvers<ContextType>
  ProfileVersion?: ProfileVersionResolvers<ContextType>
  Consent?: ConsentResolvers<ContextType>
  Metrics?: MetricsResolvers<ContextType>
  RollingMetrics?: RollingMetricsResolvers<ContextType>
  Rfm?: RfmResolvers<ContextType>
  Money?: MoneyResolvers<ContextType>
  Order?: OrderResolvers<ContextType>
  Segment?: SegmentResolvers<ContextType>
  Membership?: MembershipResolvers<ContextType>
  MembershipChange?: MembershipChangeResolvers<ContextType>
  ProfileConnection?: ProfileConnectionResolvers<ContextType>
  ProfileEdge?: ProfileEdgeResolvers<ContextType>
  PageInfo?: PageInfoResolvers<ContextType>
  ProfileChange?: ProfileChangeResolvers<ContextType>
}

export type DirectiveResolvers<ContextType = any> = {
  cacheControl?: CacheControlDirectiveResolver<any, any, ContextType>
  fenced?: FencedDirectiveResolver<any, any, ContextType>
  entityLookup?: EntityLookupDirectiveResolver<any, any, ContextType>
}

export const typeDefs = /* GraphQL */ `
  extend schema
    @link(
      url: "https://specs.apollo.dev/federation/v2.5"
      import: ["@key", "@shareable", "@inaccessible", "@composeDirective"]
    )
    @link(url: "https://monogram.dev/cache/v1.0", import: ["@cacheControl", "@fenced", "@entityLookup"])
    @composeDirective(name: "@cacheControl")
    @composeDirective(name: "@fenced")
    @composeDirective(name: "@entityLookup")

  """
  How long the gateway may answer this from its cache, and whom: of a type, all its fields where the type is fenced; of a
  field, this one, over what its type says. Without it nothing is kept.
  """
  directive @cacheControl(
    """
    For how many seconds a value is fresh; 0: it is not kept.
    """
    maxAge: Int!
    """
    PRIVATE: kept for each principal alone.
    """
    scope: CacheScope
    """
    For how many seconds more it is answered, marked as stale, while it is read anew.
    """
    staleWhileRevalidate: Int
    """
    For how many seconds more it is answered, marked as stale, when it cannot be read.
    """
    staleIfError: Int
  ) on OBJECT | FIELD_DEFINITION

  """
  Whom a cached value is for.
  """
  enum CacheScope {
    """
    All who have the same rights.
    """
    PUBLIC
    """
    The principal who asked.
    """
    PRIVATE
  }

  """
  The change feed tells each change of such an entity, and its subgraph answers the version beside the fields: a value in
  a cache is dropped when a newer version is told.
  """
  directive @fenced(
    """
    The field that rises with every change.
    """
    version: String!
    """
    The field that says when something changes by time alone.
    """
    expiresAt: String
  ) on OBJECT

  """
  That a field of Query finds entities by their key.
  """
  directive @entityLookup(
    """
    The argument that says which: one, or a list of them answered in the same order.
    """
    by: String!
    """
    The member of that argument which is the entity's key, when it is given. Without it the argument is the key.
    """
    key: String
  ) on FIELD_DEFINITION

  """
  An instant in RFC 3339, in UTC with milliseconds: \`2011-12-09T12:50:00.000Z\`.
  """
  scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339")

  """
  Any JSON value, as it was sent.
  """
  scalar JSON @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc8259")

  """
  An integer between -(2^53 - 1) and 2^53 - 1: what a JSON number carries without loss.
  """
  scalar SafeInt

  """
  What can be asked.
  """
  type Query {
    """
    The profile that an identity belongs to; null when nobody is known by it.
    """
    profile(
      """
      Who: \`{ id }\`, or \`{ kind, value }\`.
      """
      by: ProfileKey!
    ): Profile @entityLookup(by: "by", key: "id")
    """
    Many profiles at once, in the order asked, null where nobody is known: the way to read a batch of recipients.
    """
    profiles(
      """
      Whom, at most 500; the same person may be named twice.
      """
      by: [ProfileKey!]!
    ): [Profile]! @entityLookup(by: "by", key: "id")
    """
    The segment with this key; null when there is none.
    """
    segment(
      """
      The key that the segment was defined with.
      """
      key: String!
    ): Segment
    """
    All segments that are defined.
    """
    segments: [Segment!]!
    """
    People with, for every word of the text, an identity, a name or an e-mail address that begins with it.
    """
    searchProfiles(
      """
      One to eight words, upper or lower case; an empty text finds everybody.
      """
      text: String!
      """
      How many to answer: 1 to 100.
      """
      first: Int = 20
      """
      Go on after the edge with this cursor.
      """
      after: String
    ): ProfileConnection
  }

  """
  What can be changed. Needs a key with the scope \`admin\`.
  """
  type Mutation {
    """
    Takes a merge apart: the identifiers are not the same person. From then on no profile holds both, whatever else
    links them, and people are as if the link had never been. Resolves when reads show it. The error LINK_UNKNOWN says
    that no event has linked them.
    """
    undoMerge(
      """
      The two identifiers whose link is undone; or one of them, beside \`profile\`.
      """
      identities: [IdentityInput!]!
      """
      The id of the profile that the one identifier is to leave: each of its links in that profile is undone.
      """
      profile: ID
    ): UndoneMerge!
  }

  """
  What can be followed live.
  """
  type Subscription {
    """
    The profile as it is now, then each change of it. When it is merged into another, a message says so, and a
    subscription by \`kind\` and \`value\` goes on with the profile that the identity then belongs to.
    """
    profileChanged(
      """
      Whom: \`{ id }\`, or \`{ kind, value }\`. Somebody who is not known yet may be waited for.
      """
      by: ProfileKey!
      """
      Reserved for going on where an earlier subscription ended. Must be left out for now.
      """
      resumeFrom: String
      """
      What happens when changes come faster than they are taken.
      """
      policy: DeliveryPolicy = LATEST
    ): ProfileChange!
    """
    Each entry into a segment and each exit from it.
    """
    segmentChanged(
      """
      The key that the segment was defined with.
      """
      key: String!
      """
      Reserved for going on where an earlier subscription ended. Must be left out for now.
      """
      resumeFrom: String
      """
      What happens when changes come faster than they are taken.
      """
      policy: DeliveryPolicy = ALL
    ): MembershipChange!
  }

  """
  Names a person: either \`id\` alone, or \`kind\` and \`value\` together.
  """
  input ProfileKey {
    """
    The id of a profile, as \`Profile.id\` told it. An id that was merged away leads to the profile it went into.
    """
    id: ID
    """
    The kind of an identity: \`userId\`, \`email\`, \`phone\`, \`anonymousId\`, or the type of an external id.
    """
    kind: String
    """
    The value of that identity. E-mail addresses and phone numbers may be given as people write them.
    """
    value: String
  }

  """
  Names an identifier.
  """
  input IdentityInput {
    """
    \`userId\`, \`email\`, \`phone\`, \`anonymousId\`, or the type of an external id.
    """
    kind: String!
    """
    Its value. E-mail addresses and phone numbers may be given as people write them.
    """
    value: String!
  }

  """
  What is known of one person: everything that was sent under the identities that belong together.
  """
  type Profile
    @key(fields: "id")
    @fenced(version: "version", expiresAt: "nextChangeAt")
    @cacheControl(maxAge: 300, staleIfError: 3600) {
    """
    The id of the profile.
    """
    id: ID!
    """
    Rises by one with every change that a reader can see.
    """
    version: Int!
    """
    When something of it changes by time alone, with no event and no new version: a figure of a window, a number of days.
    Null when nothing does.
    """
    nextChangeAt: DateTime @inaccessible
    """
    When the profile was last written.
    """
    asOf: DateTime! @cacheControl(maxAge: 0)
    """
    How far the profile is behind what was acknowledged, in milliseconds: how long the oldest event sent under its
    identities waits that it does not show. 0 when none waits.
    """
    lagMs: SafeInt @cacheControl(maxAge: 0)
    """
    Everything this person is known by: user id first, then e-mail addresses, phone numbers and the rest.
    """
    identities: [Identity!]!
    """
    The links between identifiers that this profile rests on, and those that were refused to it: what was decided on
    each, and why. In the order in which they were decided.
    """
    merges(
      """
      How many to answer, beginning with the earliest: 1 to 500.
      """
      first: Int = 100
    ): [IdentityLink!]! @cacheControl(maxAge: 0)
    """
    The trait \`email\` where it is an address, else the first address among the identities.
    """
    email: String
    """
    The trait \`firstName\`.
    """
    firstName: String
    """
    The trait \`lastName\`.
    """
    lastName: String
    """
    The trait \`locale\`.
    """
    locale: String
    """
    The time of the first event.
    """
    firstSeenAt: DateTime
    """
    The time of the last event.
    """
    lastSeenAt: DateTime
    """
    How many events were sent about this person.
    """
    eventCount: Int!
    """
    One trait, as it was last sent; null when it is not known.
    """
    trait(
      """
      The name of the trait.
      """
      key: String!
    ): JSON
    """
    What was sent and is not kept, because it is too much: \`traits\` (more fields than are kept, or names too long),
    \`traits.<field>\` (its value is too long; the trait reads as unknown), \`currencies\`. Empty for nearly everybody.
    """
    omitted: [String!]!
    """
    The traits as one JSON object.
    """
    traits(
      """
      Only these, those that are not known left out; all when absent.
      """
      keys: [String!]
    ): JSON!
    """
    What this person has agreed to, or refused; null when neither is known.
    """
    consent(
      """
      What for: \`marketing\`, \`analytics\`, …
      """
      purpose: String!
    ): Consent
    """
    What this person has spent so far.
    """
    metrics(
      """
      ISO 4217 code of the currency to count in: amounts in other currencies are kept apart and never added up. The
      currency of the deployment when absent.
      """
      currency: String
    ): Metrics!
    """
    The last order; null when there is none.
    """
    lastOrder: Order
    """
    The newest orders, newest first.
    """
    recentOrders(
      """
      How many to answer: 1 to 20.
      """
      first: Int = 5
    ): [Order!]!
    """
    The segments that this person is in.
    """
    segments: [Membership!]
    """
    Whether this person is in the segment; null when there is no such segment.
    """
    inSegment(
      """
      The key that the segment was defined with.
      """
      key: String!
    ): Boolean
  }

  """
  One name that a person goes by.
  """
  type Identity {
    """
    \`userId\`, \`email\`, \`phone\`, \`anonymousId\`, or the type of an external id.
    """
    kind: String!
    """
    The value, normalised: an e-mail address in lower case, a phone number in E.164.
    """
    value: String!
    """
    When an event first named it together with another identifier; null when none has.
    """
    since: DateTime @cacheControl(maxAge: 0)
    """
    The id of that event; null when there is none.
    """
    event: ID @cacheControl(maxAge: 0)
  }

  """
  That an event has named two identifiers together, and what was decided about it.
  """
  type IdentityLink {
    """
    The id of the link.
    """
    id: ID!
    """
    The two identifiers.
    """
    identities: [Identity!]!
    """
    When the first event that named both arrived.
    """
    at: DateTime!
    """
    The id of that event.
    """
    event: ID!
    """
    What was decided last.
    """
    decision: LinkDecisionKind!
    """
    Why. For BIND and MERGE, why the profile that remained did: \`has-user-id\`, \`older\`, \`smaller-id\`. For DROP: \`blocked\`,
    \`too-many-of-kind userId\`. For REFUSE: \`undone-elsewhere\`, \`too-many-keys\`, \`too-many-merges\`, \`too-many-linked\`. For SPLIT: \`undone\`. For
    QUARANTINE: \`too-many-user-ids\`, \`too-many-links\`.
    """
    reason: String
    """
    The identifier that joined (BIND), gave way (DROP) or is shared by too many (QUARANTINE).
    """
    identity: Identity
    """
    The number of the decision in the identity log; null while the link waits for its first.
    """
    batch: Int
  }

  """
  What can be decided about a link.
  """
  enum LinkDecisionKind {
    """
    Not decided yet, or asked again.
    """
    PENDING
    """
    Both identifiers were in one profile already.
    """
    SAME
    """
    An identifier that was alone joined a profile.
    """
    BIND
    """
    Two profiles of several identifiers became one.
    """
    MERGE
    """
    The link breaks a rule, and the weaker of its identifiers stays where it was.
    """
    DROP
    """
    The profile that would arise may not be; both stay where they were.
    """
    REFUSE
    """
    The link was undone.
    """
    SPLIT
    """
    One of the identifiers is shared by too many, and links nobody.
    """
    QUARANTINE
  }

  """
  What an undo has brought about.
  """
  type UndoneMerge {
    """
    The links that no longer hold, with what is decided about them now.
    """
    links: [IdentityLink!]!
    """
    Where their identifiers are now.
    """
    profiles: [ProfileVersion!]!
  }

  """
  A profile at a version: a read that finds this version or a later one shows the change.
  """
  type ProfileVersion {
    """
    The id of the profile.
    """
    id: ID!
    """
    The version.
    """
    version: Int!
    """
    Both as one text, for the header \`x-monogram-after\` of a read that is to see this version or a later one.
    """
    after: String!
    """
    The profile as it is now.
    """
    profile: Profile
  }

  """
  What a person has said about one purpose.
  """
  type Consent {
    """
    What for.
    """
    purpose: String!
    """
    True when the person agreed, false when the person refused.
    """
    granted: Boolean!
    """
    When this was said; null when it was not told.
    """
    at: DateTime
  }

  """
  What a person has spent, in one currency.
  """
  type Metrics {
    """
    ISO 4217 code of the currency that all amounts here are in.
    """
    currency: String!
    """
    The number of orders.
    """
    orders: Int!
    """
    The sum of all orders, before refunds.
    """
    grossRevenue: Money!
    """
    The sum of all refunds.
    """
    refunded: Money!
    """
    What was spent less what was refunded.
    """
    revenue: Money!
    """
    \`grossRevenue\` by \`orders\`, rounded half away from zero; null without orders.
    """
    averageOrderValue: Money
    """
    The time of the first order; null without orders.
    """
    firstOrderAt: DateTime
    """
    The time of the last order; null without orders.
    """
    lastOrderAt: DateTime
    """
    Recency, frequency and monetary value as of now.
    """
    rfm: Rfm!
    """
    What happened within the last days, up to this very moment: it changes by itself as time passes.
    """
    last(
      """
      How far it looks back: 7, 30 or 90 days of 24 hours.
      """
      days: Int!
    ): RollingMetrics!
  }

  """
  What happened within a window of time that ends now. An event counts from its own time on, and no more exactly as many
  days later.
  """
  type RollingMetrics {
    """
    The length of the window.
    """
    days: Int!
    """
    The number of orders placed.
    """
    orders: Int!
    """
    What was ordered less what was refunded within the window; negative when more came back than went out.
    """
    revenue: Money!
    """
    How often a product was looked at: exact up to 1,000.
    """
    views: Int!
    """
    How often a product was put into the cart: exact up to 1,000.
    """
    carts: Int!
  }

  """
  Recency, frequency and monetary value: the three figures that customers are commonly sorted by.
  """
  type Rfm {
    """
    Whole days since the last order; null without orders.
    """
    recencyDays: Int
    """
    The number of orders.
    """
    frequency: Int!
    """
    What was spent less what was refunded.
    """
    monetary: Money!
  }

  """
  An amount of money.
  """
  type Money @shareable {
    """
    In minor units of the currency: 1250 is 12.50 GBP, and 1250 JPY.
    """
    amount: SafeInt!
    """
    ISO 4217 code.
    """
    currency: String!
  }

  """
  An order of a person.
  """
  type Order @key(fields: "id", resolvable: false) {
    """
    The id of the event that told the order, or last amended it.
    """
    id: ID!
    """
    The order id that the shop gave.
    """
    orderId: String!
    """
    When it was ordered.
    """
    orderedAt: DateTime!
    """
    What it came to, before refunds.
    """
    total: Money!
  }

  """
  A group of people, defined by a rule.
  """
  type Segment {
    """
    The key that the segment was defined with.
    """
    key: String!
    """
    What it is called.
    """
    name: String!
    """
    How many people are in it.
    """
    size: Int
    """
    Who is in it.
    """
    members(
      """
      How many to answer: 1 to 100.
      """
      first: Int = 20
      """
      Go on after the edge with this cursor.
      """
      after: String
    ): ProfileConnection
  }

  """
  That a person is in a segment.
  """
  type Membership {
    """
    The segment.
    """
    segment: Segment!
    """
    Since when.
    """
    since: DateTime!
    """
    When it ends by itself, as time passes; null when only an event can end it.
    """
    until: DateTime
  }

  """
  That a person has entered a segment or left it.
  """
  type MembershipChange {
    """
    The key of the segment.
    """
    segmentKey: String!
    """
    Who; null when the profile is gone.
    """
    profile: Profile
    """
    The id of that profile.
    """
    profileId: ID!
    """
    The version of the profile that brought the change.
    """
    version: Int!
    """
    True for an entry, false for an exit.
    """
    member: Boolean!
    """
    When it happened.
    """
    at: DateTime!
  }

  """
  A page of people.
  """
  type ProfileConnection {
    """
    The people of this page, in order of their ids.
    """
    edges: [ProfileEdge!]!
    """
    Whether there is more, and how to ask for it.
    """
    pageInfo: PageInfo!
    """
    How many there are on all pages; null when there are more than 1,000.
    """
    totalCount: Int
  }

  """
  One person of a page.
  """
  type ProfileEdge {
    """
    Give it as \`after\` to go on behind this edge.
    """
    cursor: String!
    """
    The person.
    """
    node: Profile!
  }

  """
  Where a page stands among all of them.
  """
  type PageInfo @shareable {
    """
    Whether there are more after this page.
    """
    hasNextPage: Boolean!
    """
    Whether this page began after a cursor.
    """
    hasPreviousPage: Boolean!
    """
    The cursor of the first edge; null when the page is empty.
    """
    startCursor: String
    """
    The cursor of the last edge; null when the page is empty.
    """
    endCursor: String
  }

  """
  What happens when changes come faster than a subscriber takes them.
  """
  enum DeliveryPolicy {
    """
    Those that wait become one message with the latest state; it says from which version on it covers.
    """
    LATEST
    """
    Every change is a message. A subscriber too far behind is closed with the code SUBSCRIBER_TOO_SLOW.
    """
    ALL
  }

  """
  A message of \`profileChanged\`: the present state, or what has changed. Messages leave no version out: each begins
  where the one before ended, unless the subscription went over to another profile.
  """
  type ProfileChange {
    """
    The profile as it was read after the change, so its own \`version\` may be ahead of this message's. Null when
    nobody is known yet, and when the profile was merged into another or erased.
    """
    profile: Profile
    """
    The first version that this message covers.
    """
    from: Int!
    """
    The last version that this message covers.
    """
    version: Int!
    """
    The fields of the profile that changed; empty in the first message, and when it is not known which.
    """
    changed: [String!]!
    """
    The id of the profile that this one was merged into.
    """
    mergedInto: ID
  }
`
