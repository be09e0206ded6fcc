import { isDataObject, type DataObject } from '../../engine/data.ts'
import type { ObjectShape, ValueShape } from '../../engine/shape/compile-shape.ts'
import { writeValue } from '../../engine/shape/write-json.ts'
import type { EntityNode } from './entity-node.ts'

/** A kept value as an answer has it: its text, or texts around the entities of other subgraphs that stand in it. */
export type Fragment = string | Template

export interface Template {
  /** One more than there are entities. */
  texts: readonly string[]
  entities: readonly { node: EntityNode; id: string }[]
}

/** The nodes of entities below a value, by their path. */
export type NodesByPath = ReadonlyMap<string, EntityNode>

/** Undefined where the value is not what the shape says: then the answer has to be shaped as any other. */
export function fragmentOf(
  shape: ValueShape,
  text: string,
  path: string,
  nodes: NodesByPath,
): Fragment | undefined {
  const value: unknown = JSON.parse(text)
  if (nodes.size === 0) {
    const written = writeValue(shape, value, {})
    // Nearly always the same text, which is then kept once.
    return written === text ? text : written
  }
  const writer = new TemplateWriter(nodes)
  return writer.value(shape, value, path) ? writer.end() : undefined
}

class TemplateWriter {
  readonly #nodes: NodesByPath
  readonly #texts: string[] = []
  readonly #entities: { node: EntityNode; id: string }[] = []
  #text = ''

  constructor(nodes: NodesByPath) {
    this.#nodes = nodes
  }

  end(): Fragment {
    if (this.#entities.length === 0) return this.#text
    return { texts: [...this.#texts, this.#text], entities: this.#entities }
  }

  value(shape: ValueShape, value: unknown, path: string): boolean {
    if (value === null || value === undefined) {
      this.#text += 'null'
      return !shape.nonNull
    }
    if (shape.kind === 'list') {
      if (!Array.isArray(value)) return false
      this.#text += '['
      for (const [index, item] of value.entries()) {
        if (index > 0) this.#text += ','
        if (!this.value(shape.item, item, path)) return false
      }
      this.#text += ']'
      return true
    }
    if (shape.kind === 'object') {
      if (!isDataObject(value)) return false
      const node = this.#nodes.get(path)
      return node ? this.#entity(node, value) : this.#object(shape.shape, value, path)
    }
    const written = writeValue(shape, value, {})
    if (written === undefined) return false
    this.#text += written
    return true
  }

  #entity(node: EntityNode, reference: DataObject): boolean {
    const id = reference[node.key]
    const typename = reference['__typename']
    if (typeof id !== 'string' || (typename !== undefined && typename !== node.typeName)) return false
    this.#texts.push(this.#text)
    this.#text = ''
    this.#entities.push({ node, id })
    return true
  }

  #object(shape: ObjectShape, value: DataObject, path: string): boolean {
    this.#text += '{'
    for (const field of shape.fields) {
      this.#text += field.jsonKey
      if (field.source === 'typename') this.#text += `"${String(shape.typeName)}"`
      else if (!this.value(field.value, value[field.key], `${path}.${field.key}`)) return false
    }
    this.#text += '}'
    return true
  }
}
