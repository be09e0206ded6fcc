import {
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type OperationTypeNode,
  type DocumentNode,
} from 'graphql'
import { safeAlias } from '../../safe-aliases.ts'
import { collectFields, fragmentsOf, type Fragments } from './collect-fields.ts'
import { leafWriter, type LeafWriter } from './leaf-writer.ts'

/** What an answer looks like for one operation under one choice of its conditions: the client's selection, laid flat. */
export interface ObjectShape {
  /** Null for objects of which only an interface or a union is known. */
  typeName: string | null
  fields: readonly FieldShape[]
}

export interface FieldShape {
  responseName: string
  /** Where merged data has it. */
  key: string
  /** `,"name":`, with which its JSON text begins; without the comma for the first of its object. */
  jsonKey: string
  /** `Type.field` of the schema. */
  coordinate: string
  fieldName: string
  /** For the locations of errors. */
  nodes: readonly FieldNode[]
  value: ValueShape
  /** Given here instead of by merged data: the name of the type, or what introspection gives. */
  source: 'data' | 'typename' | 'introspection'
  /** The code of the error that stands for the value, when it may not be read. */
  denied: DeniedCode | null
  /** What stands for the value when it could not be had. */
  fallback: { value: unknown } | null
}

/** Whether merged data, or the shape itself, gives it. */
export function isFromData({ denied, source }: FieldShape): boolean {
  return denied === null && source !== 'introspection'
}

export type DeniedCode = 'FORBIDDEN' | 'UNAUTHENTICATED'

export type ValueShape =
  | { kind: 'leaf'; nonNull: boolean; type: GraphQLLeafType; write: LeafWriter }
  | { kind: 'list'; nonNull: boolean; type: GraphQLOutputType; item: ValueShape }
  | { kind: 'object'; nonNull: boolean; type: GraphQLObjectType; shape: ObjectShape }
  | { kind: 'abstract'; nonNull: boolean; type: GraphQLAbstractType; shapeFor: ShapeFor }

/**
 * The shape of an object by what its `__typename` says. Objects that no type's name was asked for, or that only gave
 * the name of an interface, have the shape of the abstract type. Null for a type that cannot be there.
 */
export type ShapeFor = (typename: unknown) => ObjectShape | null

export interface ShapeOptions {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  variables: Readonly<Record<string, unknown>>
  deniedCode: (node: FieldNode) => DeniedCode | undefined
  fallbacks: Fallbacks
}

export interface Fallbacks {
  /** By coordinate (`Type.field`), and by response path without list indices (`profile.recommendations`), which wins. */
  get(coordinateOrPath: string): unknown
  has(coordinateOrPath: string): boolean
}

export function compileShape(options: ShapeOptions): ObjectShape {
  const { schema, document, operation } = options
  const fragments = fragmentsOf(document)
  const root = rootType(schema, operation.operation)
  return objectShape({ ...options, fragments }, root, [operation.selectionSet], '')
}

interface Compilation extends ShapeOptions {
  fragments: Fragments
}

type SelectionSets = Parameters<typeof collectFields>[0]['selectionSets']

function objectShape(
  compilation: Compilation,
  type: GraphQLObjectType | GraphQLAbstractType,
  selectionSets: SelectionSets,
  path: string,
): ObjectShape {
  const { schema, fragments, variables } = compilation
  const collected = collectFields({ schema, fragments, variables, type, selectionSets })
  const fields = Array.from(collected, ([responseName, nodes], index) => {
    const jsonKey = `${index === 0 ? '' : ','}${JSON.stringify(responseName)}:`
    return { ...fieldShape(compilation, type, responseName, nodes, path), jsonKey }
  })
  return { typeName: isObjectType(type) ? type.name : null, fields }
}

function fieldShape(
  compilation: Compilation,
  parent: GraphQLObjectType | GraphQLAbstractType,
  responseName: string,
  nodes: readonly FieldNode[],
  parentPath: string,
): Omit<FieldShape, 'jsonKey'> {
  const { deniedCode, fallbacks } = compilation
  const fieldName = nodes[0]?.name.value ?? responseName
  const type = typeOfField(parent, fieldName)
  const coordinate = `${parent.name}.${fieldName}`
  const path = parentPath === '' ? responseName : `${parentPath}.${responseName}`
  const fallbackName = fallbacks.has(path) ? path : coordinate
  const isIntrospection = fieldName === '__schema' || fieldName === '__type'
  return {
    responseName,
    key: responseName === fieldName ? fieldName : safeAlias(responseName),
    coordinate,
    fieldName,
    nodes,
    value: isIntrospection ? verbatim(type) : valueShape(compilation, type, nodes, path),
    source: fieldName === '__typename' ? 'typename' : isIntrospection ? 'introspection' : 'data',
    denied: deniedAll(nodes, deniedCode),
    fallback: fallbacks.has(fallbackName) ? { value: fallbacks.get(fallbackName) } : null,
  }
}

function typeOfField(parent: GraphQLObjectType | GraphQLAbstractType, fieldName: string): GraphQLOutputType {
  const meta = META_FIELDS.get(fieldName)
  const field = meta ?? (isUnionType(parent) ? undefined : parent.getFields()[fieldName])
  if (!field) throw new Error(`${parent.name} has no field ${fieldName}, which was validated`)
  return field.type
}

const META_FIELDS = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
)

/** A field may be read when one of its places may: each was judged by the type that it stands on. */
function deniedAll(nodes: readonly FieldNode[], deniedCode: ShapeOptions['deniedCode']): DeniedCode | null {
  const codes = nodes.map(deniedCode)
  return codes.includes(undefined) ? null : (codes[0] ?? null)
}

/** What introspection gives has its shape already. */
function verbatim(type: GraphQLOutputType): ValueShape {
  const write: LeafWriter = (value) => JSON.stringify(value)
  const named = getNamedType(type) as GraphQLNamedType as GraphQLLeafType
  return { kind: 'leaf', nonNull: isNonNullType(type), type: named, write }
}

function valueShape(
  compilation: Compilation,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  path: string,
): ValueShape {
  const nonNull = isNonNullType(type)
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) {
    return {
      kind: 'list',
      nonNull,
      type: nullable,
      item: valueShape(compilation, nullable.ofType, nodes, path),
    }
  }
  if (isLeafType(nullable)) return { kind: 'leaf', nonNull, type: nullable, write: leafWriter(nullable) }
  const selectionSets = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  if (isObjectType(nullable)) {
    const shape = objectShape(compilation, nullable, selectionSets, path)
    return { kind: 'object', nonNull, type: nullable, shape }
  }
  const shapeFor = abstractShapes(compilation, nullable, selectionSets, path)
  return { kind: 'abstract', nonNull, type: nullable, shapeFor }
}

function abstractShapes(
  compilation: Compilation,
  type: GraphQLAbstractType,
  selectionSets: SelectionSets,
  path: string,
): ShapeFor {
  const { schema } = compilation
  const known = new Map<string, ObjectShape>()
  return (typename) => {
    const name = typeof typename === 'string' ? typename : type.name
    const present = known.get(name)
    if (present) return present
    const concrete = schema.getType(name)
    const isMember = isObjectType(concrete) && schema.isSubType(type, concrete)
    const isUnknown = !isObjectType(concrete) && (name === type.name || concrete !== undefined)
    if (!isMember && !isUnknown) return null
    const shape = objectShape(compilation, isMember ? concrete : type, selectionSets, path)
    known.set(name, shape)
    return shape
  }
}

function rootType(schema: GraphQLSchema, operation: OperationTypeNode): GraphQLObjectType {
  const type = schema.getRootType(operation)
  if (!type) throw new Error(`the schema has no ${operation}, which was validated`)
  return type
}
