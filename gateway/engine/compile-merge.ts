import { DataObject, isDataObject } from './data.ts'
import type { FieldTree, TreeField } from './field-tree.ts'
import { mergeFields, mergeValue } from './merge-fields.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/**
 * Does what `mergeFields` does, for one tree.
 *
 * @param isOwn that nobody else has the source, so that its objects need not be copied to be written into
 */
export type Merge = (target: DataObject, source: DataObject, isOwn?: boolean) => void

/** From this use on a tree has a function of its own. Documents that come once, as hostile ones do, never get there. */
const USES_BEFORE_FUNCTION = 20

/** Gives the function for all objects of one answer. */
export function createMerger(tree: FieldTree, types: SupergraphTypes): () => Merge {
  let uses = 0
  let merge: Merge = (target, source) => mergeFields(target, source, tree, types)
  return () => {
    if (uses <= USES_BEFORE_FUNCTION && uses++ === USES_BEFORE_FUNCTION) merge = compileMerge(tree, types)
    return merge
  }
}

/**
 * A function whose source names each field, so that V8 knows the objects of each place (as `compileWriter` does for
 * writing). Only response names become source, as JSON strings.
 */
export function compileMerge(tree: FieldTree, types: SupergraphTypes): Merge {
  const helpers: ((present: unknown, incoming: unknown) => unknown)[] = []
  let source = `'use strict'\nreturn function merge(target, source, isOwn) {\nlet incoming, present\n`
  for (const field of tree) {
    const name = JSON.stringify(field.responseName)
    const helper = `helpers[${helpers.push(valueMerge(field, types)) - 1}](present, incoming)`
    const mayTake = field.isWritten ? 'isOwn === true && present === undefined' : 'present === undefined'
    const taken = `${mayTake} ? incoming : ${helper}`
    source += `incoming = source[${name}]
if (incoming !== undefined && typeof incoming !== 'function') {
present = target[${name}]
target[${name}] = ${taken}
}\n`
  }
  source += '}'
  // eslint-disable-next-line typescript/no-implied-eval -- see above what the source is made of
  const make = new Function('helpers', source) as (given: typeof helpers) => Merge
  return make(helpers)
}

/** For a value that is there. */
function valueMerge(
  field: TreeField,
  types: SupergraphTypes,
): (present: unknown, incoming: unknown) => unknown {
  const { fields } = field
  if (!fields) return (present, incoming) => mergeValue(present, incoming, field, types)
  const mergeObject = compileMerge(fields, types)
  return function mergeComposite(present: unknown, incoming: unknown): unknown {
    if (Array.isArray(incoming)) {
      const isSameList = Array.isArray(present) && present.length === incoming.length
      const known: readonly unknown[] = isSameList ? present : []
      return incoming.map((item, index) => mergeComposite(known[index], item))
    }
    if (!isDataObject(incoming)) return mergeValue(present, incoming, field, types)
    const target = isDataObject(present) ? present : new DataObject()
    mergeObject(target, incoming)
    return target
  }
}
