// Made from schema/subgraphs by `npm run generate`; do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql'
import type { EntityReference } from '../models.ts'
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
  /** Any value that a field can have. */
  FallbackValue: { input: string; output: string }
  _FieldSet: { input: string; output: string }
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type Profile = {
  /** The id of the profile. */
  id: Scalars['ID']['output']
  /** Products for this person, the best first: of the catalogue, not known to be out of stock, not bought before. */
  recommendations: Maybe<Array<Recommendation>>
}

/** What is known of one person: everything that was sent under the identities that belong together. */
export type ProfileRecommendationsArgs = {
  placement?: InputMaybe<Scalars['String']['input']>
  first?: InputMaybe<Scalars['Int']['input']>
  exclude?: InputMaybe<Array<Scalars['ID']['input']>>
}

/** A product for a person, and why. */
export type Recommendation = {
  /** The product. */
  product: Maybe<Product>
  /** How strongly it is recommended; comparable only within one source. */
  score: Scalars['Float']['output']
  /** Why this product. */
  reason: Reason
  /** Where it comes from: `bought-together` or `trending`. */
  source: Scalars['String']['output']
}

/** Why a product is recommended. */
export type Reason = {
  /** The sort of reason. */
  kind: ReasonKind
  /** The reason in words for the person: `Because you bought WHITE METAL LANTERN`. */
  text: Scalars['String']['output']
  /** The person's own product that led here; null when none did. */
  product: Maybe<Product>
}

/** The sorts of reason. */
export type ReasonKind =
  /** Others bought it in one order with something that this person bought or looked at. */
  | 'BOUGHT_TOGETHER'
  /** Many bought it lately. */
  | 'TRENDING'

/** A thing that is sold. */
export type Product = {
  /** The id of the product, as the shop gave it. */
  id: Scalars['ID']['output']
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
  FallbackValue: ResolverTypeWrapper<Scalars['FallbackValue']['output']>
  Profile: ResolverTypeWrapper<EntityReference>
  ID: ResolverTypeWrapper<Scalars['ID']['output']>
  String: ResolverTypeWrapper<Scalars['String']['output']>
  Int: ResolverTypeWrapper<Scalars['Int']['output']>
  Recommendation: ResolverTypeWrapper<
    Omit<Recommendation, 'product' | 'reason'> & {
      product?: Maybe<ResolversTypes['Product']>
      reason: ResolversTypes['Reason']
    }
  >
  Float: ResolverTypeWrapper<Scalars['Float']['output']>
  Reason: ResolverTypeWrapper<Omit<Reason, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>
  ReasonKind: ReasonKind
  Product: ResolverTypeWrapper<EntityReference>
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>
}

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  FallbackValue: Scalars['FallbackValue']['output']
  Profile: EntityReference
  ID: Scalars['ID']['output']
  String: Scalars['String']['output']
  Int: Scalars['Int']['output']
  Recommendation: Omit<Recommendation, 'product' | 'reason'> & {
    product?: Maybe<ResolversParentTypes['Product']>
    reason: ResolversParentTypes['Reason']
  }
  Float: Scalars['Float']['output']
  Reason: Omit<Reason, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }
  Product: EntityReference
  Boolean: Scalars['Boolean']['output']
}

export type FallbackDirectiveArgs = {
  value?: Maybe<Scalars['FallbackValue']['input']>
}

export type FallbackDirectiveResolver<
  Result,
  Parent,
  ContextType = any,
  Args = FallbackDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>

export interface FallbackValueScalarConfig extends GraphQLScalarTypeConfig<
  ResolversTypes['FallbackValue'],
  any
> {
  name: 'FallbackValue'
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
  recommendations?: Resolver<
    Maybe<Array<ResolversTypes['Recommendation']>>,
    ParentType,
    ContextType,
    RequireFields<ProfileRecommendationsArgs, 'first'>
  >
}

export type RecommendationResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Recommendation'] = ResolversParentTypes['Recommendation'],
> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>
  reason?: Resolver<ResolversTypes['Reason'], ParentType, ContextType>
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>
}

export type ReasonResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Reason'] = ResolversParentTypes['Reason'],
> = {
  kind?: Resolver<ResolversTypes['ReasonKind'], ParentType, ContextType>
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>
}

export type ProductResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'],
> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
}

export type Resolvers<ContextType = any> = {
  FallbackValue?: GraphQLScalarType
  Profile?: ProfileResolvers<ContextType>
  Recommendation?: RecommendationResolvers<ContextType>
  Reason?: ReasonResolvers<ContextType>
  Product?: ProductResolvers<ContextType>
}

export type DirectiveResolvers<ContextType = any> = {
  fallback?: FallbackDirectiveResolver<any, any, ContextType>
}

export const typeDefs = /* GraphQL */ `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@composeDirective"])
    @link(url: "https://monogram.dev/fallback/v1.0", import: ["@fallback"])
    @composeDirective(name: "@fallback")

  """
  What the gateway answers in the place of this field when its subgraph is late or broken; the answer's
  \`extensions.degraded\` names the place.
  """
  directive @fallback(
    """
    A value that the field could have; objects may leave out fields that can be null.
    """
    value: FallbackValue
  ) on FIELD_DEFINITION

  """
  Any value that a field can have.
  """
  scalar FallbackValue

  """
  What is known of one person: everything that was sent under the identities that belong together.
  """
  type Profile @key(fields: "id") {
    """
    The id of the profile.
    """
    id: ID!
    """
    Products for this person, the best first: of the catalogue, not known to be out of stock, not bought before.
    """
    recommendations(
      """
      Where they will be shown (\`email\`, \`cart\`, …). Names the place only: every place gets the same products for now.
      """
      placement: String
      """
      How many to answer: 1 to 50.
      """
      first: Int = 4
      """
      Ids of products that must not appear, at most 500.
      """
      exclude: [ID!]
    ): [Recommendation!] @fallback(value: [])
  }

  """
  A product for a person, and why.
  """
  type Recommendation {
    """
    The product.
    """
    product: Product
    """
    How strongly it is recommended; comparable only within one source.
    """
    score: Float!
    """
    Why this product.
    """
    reason: Reason!
    """
    Where it comes from: \`bought-together\` or \`trending\`.
    """
    source: String!
  }

  """
  Why a product is recommended.
  """
  type Reason {
    """
    The sort of reason.
    """
    kind: ReasonKind!
    """
    The reason in words for the person: \`Because you bought WHITE METAL LANTERN\`.
    """
    text: String!
    """
    The person's own product that led here; null when none did.
    """
    product: Product
  }

  """
  The sorts of reason.
  """
  enum ReasonKind {
    """
    Others bought it in one order with something that this person bought or looked at.
    """
    BOUGHT_TOGETHER
    """
    Many bought it lately.
    """
    TRENDING
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
`
