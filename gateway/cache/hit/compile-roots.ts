import type { ObjectShape } from '../../engine/shape/compile-shape.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { CachedSelection } from '../fetches/cached-fetch.ts'
import type { FieldKey } from '../fetches/field-key.ts'
import type { EntityNode } from './entity-node.ts'
import { NodeCompiler } from './node-compiler.ts'
import type { Sources } from './sources.ts'

/** A root field of an answer, with what is known of its text beforehand. */
export interface RootPart {
  text: string
  /** Null for what is known beforehand. */
  selection: CachedSelection | null
  node: EntityNode | null
  nonNull: boolean
  isPrivate: boolean
  /** Of all fields of the entity and of those below it whose arguments come from variables. */
  variableKeys: readonly FieldKey[]
}

/** Null for an answer of which something stands where only the plan can put it. */
export function compileRoots(shape: ObjectShape, sources: Sources, cache: EntityCache): RootPart[] | null {
  const compiler = new NodeCompiler(sources, cache)
  const roots: RootPart[] = []
  for (const [index, field] of shape.fields.entries()) {
    const text = (index === 0 ? '{' : '') + field.jsonKey
    if (field.denied !== null || field.source === 'introspection') return null
    if (field.source === 'typename') {
      if (shape.typeName === null) return null
      const known = `${text}"${shape.typeName}"`
      roots.push({
        text: known,
        selection: null,
        node: null,
        nonNull: true,
        isPrivate: false,
        variableKeys: [],
      })
      continue
    }
    const [source] = sources.get(field.key) ?? []
    const item = field.value.kind === 'list' ? field.value.item : field.value
    const isList = source?.selection.lookup?.rule.isList
    if (!source?.selection.lookup || isList !== (field.value.kind === 'list') || item.kind !== 'object')
      return null
    const node = compiler.entity(field.key, item.shape)
    if (!node) return null
    const { selection, isPrivate } = source
    roots.push({
      text,
      selection,
      node,
      nonNull: item.nonNull,
      isPrivate,
      variableKeys: variableKeysOf(node),
    })
  }
  return roots.length === 0 ? null : roots
}

function variableKeysOf({ segments }: EntityNode): FieldKey[] {
  return segments.flatMap(({ pieces }) =>
    pieces.flatMap((piece) => {
      if (piece.kind === 'key') return []
      const below = [...piece.nodes.values()].flatMap(variableKeysOf)
      return piece.hasVariables ? [piece.key, ...below] : below
    }),
  )
}
