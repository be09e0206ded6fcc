// Made from schema/subgraphs by `npm run generate`; do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql'
import type { ProductModel } from '../models.ts'
export type Maybe<T> = T | null
export type InputMaybe<T> = T | null | undefined
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
  /** The product with this id; null when the catalogue does not know it. */
  product: Maybe<Product>
  /** Many products at once, in the order asked, null where the catalogue does not know one. */
  products: Array<Maybe<Product>>
}

/** What can be asked. */
export type QueryProductArgs = {
  id: Scalars['ID']['input']
}

/** What can be asked. */
export type QueryProductsArgs = {
  ids: Array<Scalars['ID']['input']>
}

/** A thing that is sold. Known from imports and from the events that name it. */
export type Product = {
  /** The id of the product, as the shop gave it. */
  id: Scalars['ID']['output']
  /** Rises by one with every change that a reader can see. */
  version: Scalars['Int']['output']
  /** When the product was last written. */
  asOf: Scalars['DateTime']['output']
  /** What it is called; null when nobody said. */
  title: Maybe<Scalars['String']['output']>
  /** What one costs; null when nobody said. */
  price: Maybe<Money>
  /** The address of its page. */
  url: Maybe<Scalars['String']['output']>
  /** The address of a picture of it. */
  image: Maybe<Scalars['String']['output']>
  /** The category that it belongs to. */
  category: Maybe<Scalars['String']['output']>
  /** Whether it can be bought now; null when nobody said. */
  inStock: Maybe<Scalars['Boolean']['output']>
}

/** An amount of money. */
export type Money = {
  /** In minor units of the currency: 1250 is 12.50 GBP, and 1250 JPY. */
  amount: Scalars['SafeInt']['output']
  /** ISO 4217 code. */
  currency: Scalars['String']['output']
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
  Product: Product
}

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Product: { __typename: 'Product' } & GraphQLRecursivePick<FederationTypes['Product'], { id: true }>
}

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CacheScope: CacheScope
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>
  ID: ResolverTypeWrapper<Scalars['ID']['output']>
  Product: ResolverTypeWrapper<ProductModel>
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>
  Money: ResolverTypeWrapper<Money>
  Int: ResolverTypeWrapper<Scalars['Int']['output']>
  String: ResolverTypeWrapper<Scalars['String']['output']>
}

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output']
  SafeInt: Scalars['SafeInt']['output']
  Query: Record<PropertyKey, never>
  ID: Scalars['ID']['output']
  Product: ProductModel
  Boolean: Scalars['Boolean']['output']
  Money: Money
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

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt'
}

export type QueryResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query'],
> = {
  product?: Resolver<
    Maybe<ResolversTypes['Product']>,
    ParentType,
    ContextType,
    RequireFields<QueryProductArgs, 'id'>
  >
  products?: Resolver<
    Array<Maybe<ResolversTypes['Product']>>,
    ParentType,
    ContextType,
    RequireFields<QueryProductsArgs, 'ids'>
  >
}

export type ProductResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'],
  FederationReferenceType extends FederationReferenceTypes['Product'] = FederationReferenceTypes['Product'],
> = {
  __resolveReference?: ReferenceResolver<
    Maybe<ResolversTypes['Product']> | FederationReferenceType,
    FederationReferenceType,
    ContextType
  >
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  price?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  image?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  category?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>
  inStock?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>
}

export type MoneyResolvers<
  ContextType = any,
  ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money'],
> = {
  amount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>
}

export type Resolvers<ContextType = any> = {
  DateTime?: GraphQLScalarType
  SafeInt?: GraphQLScalarType
  Query?: QueryResolvers<ContextType>
  Product?: ProductResolvers<ContextType>
  Money?: MoneyResolvers<ContextType>
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
      import: ["@key", "@shareable", "@composeDirective"]
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
  An integer between -(2^53 - 1) and 2^53 - 1: what a JSON number carries without loss.
  """
  scalar SafeInt

  """
  What can be asked.
  """
  type Query {
    """
    The product with this id; null when the catalogue does not know it.
    """
    product(
      """
      The id of the product, as the shop gave it.
      """
      id: ID!
    ): Product @entityLookup(by: "id")
    """
    Many products at once, in the order asked, null where the catalogue does not know one.
    """
    products(
      """
      The ids of the products, at most 500; one may be named twice.
      """
      ids: [ID!]!
    ): [Product]! @entityLookup(by: "ids")
  }

  """
  A thing that is sold. Known from imports and from the events that name it.
  """
  type Product @key(fields: "id") @fenced(version: "version") @cacheControl(maxAge: 300, staleIfError: 3600) {
    """
    The id of the product, as the shop gave it.
    """
    id: ID!
    """
    Rises by one with every change that a reader can see.
    """
    version: Int!
    """
    When the product was last written.
    """
    asOf: DateTime! @cacheControl(maxAge: 0)
    """
    What it is called; null when nobody said.
    """
    title: String
    """
    What one costs; null when nobody said.
    """
    price: Money
    """
    The address of its page.
    """
    url: String
    """
    The address of a picture of it.
    """
    image: String
    """
    The category that it belongs to.
    """
    category: String
    """
    Whether it can be bought now; null when nobody said.
    """
    inStock: Boolean
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
`
