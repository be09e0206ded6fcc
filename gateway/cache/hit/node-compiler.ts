import type { FieldShape, ObjectShape, ValueShape } from '../../engine/shape/compile-shape.ts'
import type { CachedField } from '../fetches/cached-fetch.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { EntityNode, EntitySource } from './entity-node.ts'
import { SegmentList } from './segment-list.ts'
import type { Source, Sources } from './sources.ts'

/** Compiles where an answer has entities, each with those below it. */
export class NodeCompiler {
  readonly #sources: Sources
  readonly #cache: EntityCache

  constructor(sources: Sources, cache: EntityCache) {
    this.#sources = sources
    this.#cache = cache
  }

  /** Null where something of it comes from elsewhere than its sources. */
  entity(path: string, shape: ObjectShape): EntityNode | null {
    const sources = this.#sources.get(path) ?? []
    const [first] = sources
    if (!first) return null
    const { typeName, type } = first.selection
    const isOne = sources.every(
      ({ selection }) => selection.typeName === typeName && selection.type.key === type.key,
    )
    if (!isOne || shape.typeName !== typeName) return null
    const segments = new SegmentList()
    segments.text('{')
    for (const field of shape.fields) {
      if (field.denied !== null || field.source === 'introspection') return null
      segments.text(field.jsonKey)
      if (field.source === 'typename' || field.key === '__typename') segments.text(`"${typeName}"`)
      else if (!this.#addField(field, sources, type.key, path, segments)) return null
    }
    segments.text('}')
    return {
      typeName,
      key: type.key,
      sources: sources.map((source) => this.#source(source)),
      segments: segments.end(),
    }
  }

  #source({ selection, isPrivate }: Source): EntitySource {
    const { subgraph, typeName, type } = selection
    return { space: this.#cache.space(subgraph, typeName, type.fence !== null), isPrivate }
  }

  #addField(
    field: FieldShape,
    sources: readonly Source[],
    key: string,
    path: string,
    segments: SegmentList,
  ): boolean {
    for (const [source, { selection }] of sources.entries()) {
      const found = selection.fields.find(({ responseName }) => responseName === field.key)
      if (!found) continue
      if (found.isConditional) return false
      if (found.source === 'key') segments.key()
      else return this.#addValue(field, found, source, `${path}.${field.key}`, segments)
      return true
    }
    if (field.key !== key || field.fieldName !== key) return false
    segments.key()
    return true
  }

  #addValue(
    { value: shape }: FieldShape,
    { key, hasVariables }: CachedField,
    source: number,
    path: string,
    segments: SegmentList,
  ): boolean {
    const nodes = new Map<string, EntityNode>()
    if (!this.#below(shape, path, nodes)) return false
    segments.field(source, { key, hasVariables, shape, path, nodes })
    return true
  }

  /** Adds the entities below a value; false where one stands that cannot be written so. */
  #below(value: ValueShape, path: string, nodes: Map<string, EntityNode>): boolean {
    if (value.kind === 'list') return this.#below(value.item, path, nodes)
    if (value.kind === 'leaf') return true
    if (value.kind === 'abstract') return ![...this.#sources.keys()].some((place) => place.startsWith(path))
    if (this.#sources.has(path)) {
      const node = this.entity(path, value.shape)
      if (node) nodes.set(path, node)
      return node !== null
    }
    return value.shape.fields.every((field) => {
      if (field.denied !== null || field.source === 'introspection') return false
      return field.source === 'typename' || this.#below(field.value, `${path}.${field.key}`, nodes)
    })
  }
}
