import { GraphQLID, GraphQLString } from 'graphql'
import { isDataObject, type DataObject } from '../../engine/data.ts'
import type { ObjectShape, ValueShape } from '../../engine/shape/compile-shape.ts'
import { writeValue } from '../../engine/shape/write-json.ts'
import type { Slot } from '../near/slot.ts'
import type { EntityNode } from './entity-node.ts'

/** A part of an answer: its text, or texts around the entities of other subgraphs that stand in it. */
export type Fragment = string | Template

export interface Template {
  /** One more than there are entities. */
  texts: readonly string[]
  entities: readonly EntityReference[]
}

export interface EntityReference {
  node: EntityNode
  id: string
  /** What was found for it the last time. */
  slot: Slot | undefined
}

const QUOTE = 0x22

/** The nodes of entities below a value, by their path. */
export type NodesByPath = ReadonlyMap<string, EntityNode>

/** Writes values as an answer has them. False where a value is not what its shape says: it has to be shaped as any other. */
export class FragmentWriter {
  /** Null where there are no entities in it. */
  #template: { texts: string[]; entities: EntityReference[] } | null = null
  #text = ''

  end(): Fragment {
    this.#template?.texts.push(this.#text)
    return this.#template ?? this.#text
  }

  text(text: string): void {
    this.#text += text
  }

  /** The same of a value that is kept as `JSON.stringify` wrote it: what is text in the answer as well is not parsed. */
  field(shape: ValueShape, text: string, path: string, nodes: NodesByPath): boolean {
    const isText = shape.kind === 'leaf' && (shape.type === GraphQLString || shape.type === GraphQLID)
    if (!isText || text.charCodeAt(0) !== QUOTE) return this.value(shape, JSON.parse(text), path, nodes)
    this.#text += text
    return true
  }

  value(shape: ValueShape, value: unknown, path: string, nodes: NodesByPath): boolean {
    if (value === null || value === undefined) {
      this.#text += 'null'
      return !shape.nonNull
    }
    if (nodes.size === 0) return this.#whole(shape, value)
    switch (shape.kind) {
      case 'list':
        return Array.isArray(value) && this.#list(shape.item, value, path, nodes)
      case 'object': {
        if (!isDataObject(value)) return false
        const node = nodes.get(path)
        return node ? this.#entity(node, value) : this.#object(shape.shape, value, path, nodes)
      }
      default:
        return this.#whole(shape, value)
    }
  }

  #whole(shape: ValueShape, value: unknown): boolean {
    const written = writeValue(shape, value, {})
    if (written === undefined) return false
    this.#text += written
    return true
  }

  #list(shape: ValueShape, items: readonly unknown[], path: string, nodes: NodesByPath): boolean {
    this.#text += '['
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#text += ','
      if (!this.value(shape, item, path, nodes)) return false
    }
    this.#text += ']'
    return true
  }

  #entity(node: EntityNode, reference: DataObject): boolean {
    const id = reference[node.key]
    const typename = reference['__typename']
    if (typeof id !== 'string' || (typename !== undefined && typename !== node.typeName)) return false
    this.#template ??= { texts: [], entities: [] }
    this.#template.texts.push(this.#text)
    this.#template.entities.push({ node, id, slot: undefined })
    this.#text = ''
    return true
  }

  #object(shape: ObjectShape, value: DataObject, path: string, nodes: NodesByPath): boolean {
    this.#text += '{'
    for (const field of shape.fields) {
      this.#text += field.jsonKey
      if (field.source === 'typename') this.#text += `"${String(shape.typeName)}"`
      else if (!this.value(field.value, value[field.key], `${path}.${field.key}`, nodes)) return false
    }
    this.#text += '}'
    return true
  }
}
