import { DataObject, isDataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import type { FieldTree } from './field-tree.ts'

/**
 * Takes over from `source` what the tree names. Objects are copied, never shared: one answer for an entity may go to
 * several places, which later fetches fill with different things. What is known is not lost to a null or a failure.
 */
export function mergeFields(target: DataObject, source: DataObject, tree: FieldTree): void {
  for (const { responseName, fields } of tree) {
    const incoming = source[responseName]
    // A function can only be one that a plain object inherits: the answer has no such member.
    if (incoming === undefined || typeof incoming === 'function') continue
    const present = target[responseName]
    target[responseName] =
      fields === null ? mergeLeaf(present, incoming) : mergeComposite(present, incoming, fields)
  }
}

/** Puts the failure of an object where the tree's fields of it would have gone, except where a value is known. */
export function failFields(target: DataObject, failure: FieldFailure, tree: FieldTree): void {
  for (const { responseName } of tree) {
    target[responseName] = mergeLeaf(target[responseName], failure.under(responseName))
  }
}

function mergeLeaf(present: unknown, incoming: unknown): unknown {
  if (isAbsent(incoming) && !isAbsent(present)) return present
  return incoming === null && present instanceof FieldFailure ? present : incoming
}

function mergeComposite(present: unknown, incoming: unknown, fields: FieldTree): unknown {
  if (Array.isArray(incoming)) {
    const known: readonly unknown[] =
      Array.isArray(present) && present.length === incoming.length ? present : []
    return incoming.map((item, index) => mergeComposite(known[index], item, fields))
  }
  if (!isDataObject(incoming)) return mergeLeaf(present, incoming instanceof FieldFailure ? incoming : null)
  const target = isDataObject(present) ? present : new DataObject()
  mergeFields(target, incoming, fields)
  return target
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || value instanceof FieldFailure
}
