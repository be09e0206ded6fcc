import { DataObject, isDataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import type { FieldTree, TreeField } from './field-tree.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/**
 * Takes over from `source` what the tree names; `source` is only read. An object is copied when another fetch may write
 * into it, as one answer may go to several places and to several requests. What is known is not lost to a null, to a
 * failure, or, in the case of a type's name, to that of an interface.
 */
export function mergeFields(
  target: DataObject,
  source: DataObject,
  tree: FieldTree,
  types: SupergraphTypes,
): void {
  for (const field of tree) {
    const { responseName } = field
    const incoming = source[responseName]
    // A function can only be one that a plain object inherits: the answer has no such member.
    if (incoming === undefined || typeof incoming === 'function') continue
    const present = target[responseName]
    if (present === undefined && !field.isWritten) target[responseName] = incoming
    else target[responseName] = mergeValue(present, incoming, field, types)
  }
}

/** Puts the failure of an object where the tree's fields of it would have gone, except where a value is known. */
export function failFields(target: DataObject, failure: FieldFailure, tree: FieldTree): void {
  for (const { responseName } of tree) {
    target[responseName] = mergeLeaf(target[responseName], failure.under(responseName))
  }
}

/** All that the tree names of an answer, in objects of its own. */
export function copyFields(source: DataObject, tree: FieldTree): DataObject {
  const copy = new DataObject()
  for (const { responseName, fields } of tree) {
    const value = source[responseName]
    if (value === undefined || typeof value === 'function') continue
    copy[responseName] = fields ? copyComposite(value, fields) : value
  }
  return copy
}

function copyComposite(value: unknown, fields: FieldTree): unknown {
  if (Array.isArray(value)) return value.map((item) => copyComposite(item, fields))
  return isDataObject(value) ? copyFields(value, fields) : value
}

/** What stands in the place of a field that is present and comes again. */
export function mergeValue(
  present: unknown,
  incoming: unknown,
  field: TreeField,
  types: SupergraphTypes,
): unknown {
  if (field.fields) return mergeComposite(present, incoming, field.fields, types)
  if (field.responseName === '__typename' && typeof present === 'string' && typeof incoming === 'string') {
    return types.isConcrete(incoming) || !types.isConcrete(present) ? incoming : present
  }
  return mergeLeaf(present, incoming)
}

function mergeLeaf(present: unknown, incoming: unknown): unknown {
  if (isAbsent(incoming) && !isAbsent(present)) return present
  return incoming === null && present instanceof FieldFailure ? present : incoming
}

function mergeComposite(
  present: unknown,
  incoming: unknown,
  fields: FieldTree,
  types: SupergraphTypes,
): unknown {
  if (Array.isArray(incoming)) {
    const known: readonly unknown[] =
      Array.isArray(present) && present.length === incoming.length ? present : []
    return incoming.map((item, index) => mergeComposite(known[index], item, fields, types))
  }
  if (!isDataObject(incoming)) return mergeLeaf(present, incoming)
  const target = isDataObject(present) ? present : new DataObject()
  mergeFields(target, incoming, fields, types)
  return target
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || value instanceof FieldFailure
}
