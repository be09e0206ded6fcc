// Made from schema/subgraphs by `npm run generate`; do not edit.
import type { JsonValue } from '../../core/json.ts'
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql'
import type { EntityReference, EventModel, EventConflictModel, EventPage } from '../models.ts'
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

/** What is known of one person: everything that was sent under the identities that belong together. */
export type Profile = {
  /** The id of the profile. */
  id: Scalars['ID']['output']
  /** What this person did, newest first. */
  events: Maybe<EventConnection>
  /** What was sent under the id of an event of this person that was there already, newest first. It does not count. */
  conflicts: Maybe<Array<EventConflict>>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileEventsArgs = {
  types?: InputMaybe<Array<Scalars['String']['input']>>
  first?: InputMaybe<Scalars['Int']['input']>
  after?: InputMaybe<Scalars['String']['input']>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileConflictsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
}

/** An order of a person. */
export type Order = {
  /** The id of the event that told the order, or last amended it. */
  id: Scalars['ID']['output']
  /** What was ordered, as the event has it. */
  lines: Maybe<Array<OrderLine>>
  /** How many lines the order has. */
  lineCount: Maybe<Scalars['Int']['output']>
}

/** An order of a person. */
export type OrderLinesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
}

/** One line of an order. */
export type OrderLine = {
  /** The id of the product, as the shop gave it. */
  productId: Scalars['ID']['output']
  /** The product. Its fields are null when the catalogue does not know it. */
  product: Maybe<Product>
  /** What the product was called when it was ordered; null when the event did not say. */
  title: Maybe<Scalars['String']['output']>
  /** How many, or how much of it. */
  quantity: Scalars['Float']['output']
  /** The price of one, rounded half away from zero; null when the event did not say. */
  price: Maybe<Money>
  /** Quantity times the price as sent, rounded half away from zero; null without a price. */
  total: Maybe<Money>
}

/** Something that a person did, or that was said about the person. */
export type Event = {
  /** The id of the event. */
  id: Scalars['ID']['output']
  /** `track`, `identify`, `page`, `screen`, `group` or `alias`. */
  type: Scalars['String']['output']
  /** The name of a track (`Order Completed`), of a page or of a screen; the type where there is none. */
  name: Scalars['String']['output']
  /** When it happened, corrected for the clock of its sender. */
  time: Scalars['DateTime']['output']
  /** When it arrived here. */
  receivedAt: Scalars['DateTime']['output']
  /** The properties of a track, page or screen, or the traits of an identify or group, as they were sent. */
  properties: Scalars['JSON']['output']
  /** Who sent it: the id of an API key, or `import:` and the name of an import. */
  source: Scalars['String']['output']
  /** The id that the sender gave it. */
  messageId: Scalars['String']['output']
  /** The products that a track names; empty for other events. */
  products: Array<EventProduct>
  /** Whether it arrived long after it happened: 90 days, unless the deployment says otherwise. It counts all the same. */
  late: Scalars['Boolean']['output']
  /** What could not be brought into its normal form and counts as it was sent: paths such as `traits.phone`. */
  unnormalised: Array<Scalars['String']['output']>
  /** Other bodies that were sent under the id of this event, newest first. They do not count. */
  conflicts: Maybe<Array<EventConflict>>
}

/** Something that a person did, or that was said about the person. */
export type EventConflictsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>
}

/** Another body under the id of an event that was there already: kept, and not counted. */
export type EventConflict = {
  /** When it arrived. */
  receivedAt: Scalars['DateTime']['output']
  /** The event as it was sent, without its `messageId`. */
  body: Scalars['JSON']['output']
  /** The event that counts. */
  event: Maybe<Event>
}

/** A product that an event names. */
export type EventProduct = {
  /** The id of the product, as the shop gave it. */
  productId: Scalars['ID']['output']
  /** The product. Its fields are null when the catalogue does not know it. */
  product: Maybe<Product>
  /** How many, or how much of it; null when the event did not say. */
  quantity: Maybe<Scalars['Float']['output']>
  /** The price of one, rounded half away from zero; null when the event did not say. */
  price: Maybe<Money>
}

/** A thing that is sold. */
export type Product = {
  /** The id of the product, as the shop gave it. */
  id: Scalars['ID']['output']
}

/** An amount of money. */
export type Money = {
  /** In minor units of the currency: 1250 is 12.50 GBP, and 1250 JPY. */
  amount: Scalars['SafeInt']['output']
  /** ISO 4217 code. */
  currency: Scalars['String']['output']
}

/** A page of events. */
export type EventConnection = {
  /** The events of this page, newest first. */
  edges: Array<EventEdge>
  /** Whether there is more, and how to ask for it. */
  pageInfo: PageInfo
  /** How many there are on all pages. */
  totalCount: Maybe<Scalars['Int']['output']>
}

/** One event of a page. */
export type EventEdge = {
  /** Give it as `after` to go on behind this edge. */
  cursor: Scalars['String']['output']
  /** The event. */
  node: Event
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
  Order: Order
}

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Profile: { __typename: 'Profile' } & GraphQLRecursivePick<FederationTypes['Profile'], { id: true }>
  Order: { __typename: 'Order' } & GraphQLRecursivePick<FederationTypes['Order'], { id: true }>
}

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>
  Profile: ResolverTypeWrapper<EntityReference>
  ID: ResolverTypeWrapper<Scalars['ID']['output']>
  String: ResolverTypeWrapper<Scalars['String']['output']>
  Int: ResolverTypeWrapper<Scalars['Int']['output']>
  Order: ResolverTypeWrapper<EntityReference>
  OrderLine: ResolverTypeWrapper<Omit<OrderLine, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>
  Float: ResolverTypeWrapper<Scalars['Float']['output']>
  Event: ResolverTypeWrapper<EventModel>
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>
  EventConflict: ResolverTypeWrapper<EventConflictModel>
  EventProduct: ResolverTypeWrapper<
    Omit<EventProduct, 'product'> & { product?: Maybe<ResolversTypes['Product']> }
  >
  Product: ResolverTypeWrapper<EntityReference>
  Money: ResolverTypeWrapper<Money>
  EventConnection: ResolverTypeWrapper<EventPage>
  EventEdge: ResolverTypeWrapper<Omit<EventEdge, 'node'> & { node: ResolversTypes['Event'] }>
  PageInfo: ResolverTypeWrapper<PageInfo>
}

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output']
  JSON: Scalars['JSON']['output']
  SafeInt: Scalars['SafeInt']['output']
  Profile: EntityReference
  ID: Scalars['ID']['output']
  String: Scalars['String']['output']
  Int: Scalars['Int']['output']
  Order: EntityReference
  OrderLine: Omit<OrderLine, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }
  Float: Scalars['Float']['output']
  Event: EventModel
  Boolean: Scalars['Boolean']['output']
  EventConflict: EventConflictModel
  EventProduct: Omit<EventProduct, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }
  Product: EntityReference
  Money: Money
  EventConnection: EventPage
  EventEdge: Omit<EventEdge, 'node'> & { node: ResolversParentTypes['Event'] }
  PageInfo: PageInfo
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime'
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON'
}

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt'
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
  events?: Resolver<
    Maybe<ResolversTypes['EventConnection']>,
    ParentType,
    ContextType,
    RequireFields<ProfileEventsArgs, 'first'>
  >
  conflicts?: Resolver<
    Maybe<Array<ResolversTypes['EventConflict']>>,
    ParentType,
    ContextType,
    RequireFields<ProfileConflictsArgs, 'first'>
  >
}

export type OrderResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'],
  FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order'],
> = {
  __resolveReference?: ReferenceResolver<
    Maybe<ResolversTypes['Order']> | FederationReferenceType,
    FederationReferenceType,
    ContextType
  >
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  lines?: Resolver<
    Maybe<Array<ResolversTypes['OrderLine']>>,
    ParentType,
    ContextType,
    RequireFields<OrderLinesArgs, 'first'>
  >
  lineCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
}

export type OrderLineResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['OrderLine'] = ResolversParentTypes['OrderLine'],
> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  quantity?: Resolver<ResolversTypes['Float'], ParentType, ContextType>
  price?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>
  total?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>
}

export type EventResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  time?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  properties?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  messageId?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  products?: Resolver<Array<ResolversTypes['EventProduct']>, ParentType, ContextType>
  late?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>
  unnormalised?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>
  conflicts?: Resolver<
    Maybe<Array<ResolversTypes['EventConflict']>>,
    ParentType,
    ContextType,
    RequireFields<EventConflictsArgs, 'first'>
  >
}

export type EventConflictResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['EventConflict'] = ResolversParentTypes['EventConflict'],
> = {
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  body?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>
  event?: Resolver<Maybe<ResolversTypes['Event']>, ParentType, ContextType>
}

export type EventProductResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['EventProduct'] = ResolversParentTypes['EventProduct'],
> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>
  quantity?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>
  price?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>
}

export type ProductResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
}

export type MoneyResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money'],
> = {
  amount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>
}

export type EventConnectionResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['EventConnection'] = ResolversParentTypes['EventConnection'],
> = {
  edges?: Resolver<Array<ResolversTypes['EventEdge']>, ParentType, ContextType>
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>
}

export type EventEdgeResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['EventEdge'] = ResolversParentTypes['EventEdge'],
> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  node?: Resolver<ResolversTypes['Event'], ParentType, ContextType>
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

export type Resolvers<ContextType = any> = {
  DateTime?: GraphQLScalarType
  JSON?: GraphQLScalarType
  SafeInt?: GraphQLScalarType
  Profile?: ProfileResolvers<ContextType>
  Order?: OrderResolvers<ContextType>
  OrderLine?: OrderLineResolvers<ContextType>
  Event?: EventResolvers<ContextType>
  EventConflict?: EventConflictResolvers<ContextType>
  EventProduct?: EventProductResolvers<ContextType>
  Product?: ProductResolvers<ContextType>
  Money?: MoneyResolvers<ContextType>
  EventConnection?: EventConnectionResolvers<ContextType>
  EventEdge?: EventEdgeResolvers<ContextType>
  PageInfo?: PageInfoResolvers<ContextType>
}

export const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])

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
  What is known of one person: everything that was sent under the identities that belong together.
  """
  type Profile @key(fields: "id") {
    """
    The id of the profile.
    """
    id: ID!
    """
    What this person did, newest first.
    """
    events(
      """
      Only these: names of tracks (\`Order Completed\`) and types (\`identify\`), at most 20. All when absent or empty.
      """
      types: [String!]
      """
      How many to answer: 1 to 100.
      """
      first: Int = 20
      """
      Go on after the edge with this cursor.
      """
      after: String
    ): EventConnection
    """
    What was sent under the id of an event of this person that was there already, newest first. It does not count.
    """
    conflicts(
      """
      How many to answer: 1 to 100.
      """
      first: Int = 20
    ): [EventConflict!]
  }

  """
  An order of a person.
  """
  type Order @key(fields: "id") {
    """
    The id of the event that told the order, or last amended it.
    """
    id: ID!
    """
    What was ordered, as the event has it.
    """
    lines(
      """
      How many to answer: 1 to 500.
      """
      first: Int = 50
    ): [OrderLine!]
    """
    How many lines the order has.
    """
    lineCount: Int
  }

  """
  One line of an order.
  """
  type OrderLine {
    """
    The id of the product, as the shop gave it.
    """
    productId: ID!
    """
    The product. Its fields are null when the catalogue does not know it.
    """
    product: Product
    """
    What the product was called when it was ordered; null when the event did not say.
    """
    title: String
    """
    How many, or how much of it.
    """
    quantity: Float!
    """
    The price of one, rounded half away from zero; null when the event did not say.
    """
    price: Money
    """
    Quantity times the price as sent, rounded half away from zero; null without a price.
    """
    total: Money
  }

  """
  Something that a person did, or that was said about the person.
  """
  type Event {
    """
    The id of the event.
    """
    id: ID!
    """
    \`track\`, \`identify\`, \`page\`, \`screen\`, \`group\` or \`alias\`.
    """
    type: String!
    """
    The name of a track (\`Order Completed\`), of a page or of a screen; the type where there is none.
    """
    name: String!
    """
    When it happened, corrected for the clock of its sender.
    """
    time: DateTime!
    """
    When it arrived here.
    """
    receivedAt: DateTime!
    """
    The properties of a track, page or screen, or the traits of an identify or group, as they were sent.
    """
    properties: JSON!
    """
    Who sent it: the id of an API key, or \`import:\` and the name of an import.
    """
    source: String!
    """
    The id that the sender gave it.
    """
    messageId: String!
    """
    The products that a track names; empty for other events.
    """
    products: [EventProduct!]!
    """
    Whether it arrived long after it happened: 90 days, unless the deployment says otherwise. It counts all the same.
    """
    late: Boolean!
    """
    What could not be brought into its normal form and counts as it was sent: paths such as \`traits.phone\`.
    """
    unnormalised: [String!]!
    """
    Other bodies that were sent under the id of this event, newest first. They do not count.
    """
    conflicts(
      """
      How many to answer: 1 to 100.
      """
      first: Int = 20
    ): [EventConflict!]
  }

  """
  Another body under the id of an event that was there already: kept, and not counted.
  """
  type EventConflict {
    """
    When it arrived.
    """
    receivedAt: DateTime!
    """
    The event as it was sent, without its \`messageId\`.
    """
    body: JSON!
    """
    The event that counts.
    """
    event: Event
  }

  """
  A product that an event names.
  """
  type EventProduct {
    """
    The id of the product, as the shop gave it.
    """
    productId: ID!
    """
    The product. Its fields are null when the catalogue does not know it.
    """
    product: Product
    """
    How many, or how much of it; null when the event did not say.
    """
    quantity: Float
    """
    The price of one, rounded half away from zero; null when the event did not say.
    """
    price: Money
  }

  """
  A thing that is sold.
  """
  type Product @key(fields: "id", resolvable: false) {
    """
    The id of the product, as the shop gave it.
    """
    id: ID!
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
  A page of events.
  """
  type EventConnection {
    """
    The events of this page, newest first.
    """
    edges: [EventEdge!]!
    """
    Whether there is more, and how to ask for it.
    """
    pageInfo: PageInfo!
    """
    How many there are on all pages.
    """
    totalCount: Int
  }

  """
  One event of a page.
  """
  type EventEdge {
    """
    Give it as \`after\` to go on behind this edge.
    """
    cursor: String!
    """
    The event.
    """
    node: Event!
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
`
