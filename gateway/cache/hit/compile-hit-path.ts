import type { RequestContext } from '../../../core/access/request-context.ts'
import type { CompiledPlan, EntityFetch, PlanStep, RootFetch } from '../../engine/compile-plan.ts'
import type { FieldShape, ObjectShape, ValueShape } from '../../engine/shape/compile-shape.ts'
import type { CachedField, CachedSelection } from '../compile-cached-fetch.ts'
import type { EntityCache } from '../entity-cache.ts'
import { aliasOf, lookupKeys } from '../lookup-key.ts'
import type { FieldKey } from '../field-key.ts'
import type { CacheClasses } from '../cache-classes.ts'
import type { EntityNode, EntitySource, Piece, Segment } from './entity-node.ts'
import { HitWriter } from './hit-writer.ts'

/**
 * The answer of an operation as JSON text, straight from what the process keeps: nothing is asked, merged, parsed or
 * printed. Undefined when any part of it is not at hand.
 */
export type HitPath = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => string | undefined

export interface HitPathOptions {
  plan: CompiledPlan
  shape: ObjectShape
  cache: EntityCache
  classes: CacheClasses
}

/** Null for an operation of which something is never kept, or stands where only the plan can put it. */
export function compileHitPath({ plan, shape, cache, classes }: HitPathOptions): HitPath | null {
  if (!plan.step || plan.subscription) return null
  const sources = sourcesOf(plan.step)
  const roots = sources && compileRoots(shape, sources, cache)
  if (!roots) return null
  return (variables, context) => {
    if (context.after) return undefined
    const writer = new HitWriter(cache, variables, classes.of(context.principal))
    let text = ''
    for (const root of roots) {
      const written = root.selection ? writeRoot(root, variables, writer, cache) : ''
      if (written === undefined) return undefined
      text += root.text + written
    }
    return cache.takeHits(writer.hits) ? `${text}}` : undefined
  }
}

interface Source {
  selection: CachedSelection
  isPrivate: boolean
}

/** By the path of the entity, without lists: the root field's own source first. */
type Sources = Map<string, Source[]>

function sourcesOf(step: PlanStep, sources: Sources = new Map()): Sources | null {
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return step.steps.every((child) => sourcesOf(child, sources)) ? sources : null
    case 'root':
      return rootSources(step, sources)
    case 'entities':
      return entitySources(step, sources)
    case 'condition':
      return null
  }
}

function rootSources({ cached, isPrivate, outputRewrites }: RootFetch, sources: Sources): Sources | null {
  if (!cached || outputRewrites.length > 0) return null
  for (const selection of cached.selections) add(sources, selection.responseName, { selection, isPrivate })
  return sources
}

function entitySources({ cached, isPrivate, parts }: EntityFetch, sources: Sources): Sources | null {
  if (!cached) return null
  for (const [index, part] of parts.entries()) {
    const selection = cached.selections[index]
    if (!selection || part.outputRewrites.length > 0) return null
    for (const path of part.paths) {
      const names: string[] = []
      for (const step of path) {
        if (step === '@') continue
        if (!('Field' in step)) return null
        names.push(step.Field)
      }
      add(sources, names.join('.'), { selection, isPrivate })
    }
  }
  return sources
}

function add(sources: Sources, path: string, source: Source): void {
  const present = sources.get(path)
  if (present) present.push(source)
  else sources.set(path, [source])
}

interface RootPart {
  text: string
  /** Null for what is known beforehand. */
  selection: CachedSelection | null
  node: EntityNode | null
  nonNull: boolean
  isPrivate: boolean
  /** Of all fields of the entity and of those below it whose arguments come from variables. */
  variableKeys: readonly FieldKey[]
}

function compileRoots(shape: ObjectShape, sources: Sources, cache: EntityCache): RootPart[] | null {
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

function writeRoot(
  { selection, node, nonNull, isPrivate, variableKeys }: RootPart,
  variables: Readonly<Record<string, unknown>>,
  writer: HitWriter,
  cache: EntityCache,
): string | undefined {
  const keys = selection && lookupKeys(selection, variables)
  const space = node?.sources[0]?.space
  if (!keys || !node || !space) return undefined
  const of = writer.classOf(isPrivate)
  const key = writer.keyOf(variableKeys)
  const isList = selection.lookup?.rule.isList === true
  let text = isList ? '[' : ''
  for (let index = 0; index < keys.length; index++) {
    const { id, text: asked } = keys[index] as (typeof keys)[number]
    if (index > 0) text += ','
    const slot =
      (id === null ? undefined : cache.near.find(space, id)) ??
      cache.near.resolve({ space, id: null, alias: aliasOf(space, of, asked) })
    const absentUntil = slot?.entries.get(of)?.absentUntil
    const isAbsent = absentUntil !== undefined && absentUntil > writer.now
    const written = isAbsent && !nonNull ? 'null' : slot ? writer.answer(node, slot, key) : undefined
    if (written === undefined) return undefined
    text += written
  }
  return isList ? `${text}]` : text
}

class NodeCompiler {
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

/** Puts together what comes from one source. */
class SegmentList {
  readonly #segments: Segment[] = []
  #source: number | null = null
  #hasVariables = false
  #pieces: Piece[] = []
  #text = ''

  text(text: string): void {
    this.#text += text
  }

  key(): void {
    this.#pieces.push({ kind: 'key', text: this.#text })
    this.#text = ''
  }

  field(source: number, field: Omit<Extract<Piece, { kind: 'field' }>, 'kind' | 'text'>): void {
    const text = this.#text
    if (this.#source !== null && this.#source !== source) {
      this.#text = ''
      this.#close()
      this.#text = text
    }
    this.#source = source
    this.#hasVariables ||= field.hasVariables
    this.#pieces.push({ kind: 'field', text: this.#text, ...field })
    this.#text = ''
  }

  end(): Segment[] {
    this.#close()
    return this.#segments
  }

  #close(): void {
    this.#segments.push({
      source: this.#source ?? 0,
      pieces: this.#pieces,
      end: this.#text,
      hasVariables: this.#hasVariables,
    })
    this.#source = null
    this.#hasVariables = false
    this.#pieces = []
    this.#text = ''
  }
}
