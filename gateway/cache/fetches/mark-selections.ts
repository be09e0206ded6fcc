import { Kind, type FieldNode, type SelectionNode } from 'graphql'
import type { CachedType } from './cache-rules.ts'
import { EXPIRES_AT, KEY, VERSION } from './cached-fetch.ts'

/** The field with what the cache needs to know of its entity: key, version, and when time changes it. */
export function withMarks(field: FieldNode, typeName: string, { key, fence }: CachedType): FieldNode {
  const marks = [aliased(KEY, key)]
  if (fence) marks.push(aliased(VERSION, fence.version))
  if (fence?.expiresAt !== null && fence?.expiresAt !== undefined)
    marks.push(aliased(EXPIRES_AT, fence.expiresAt))
  const onType: SelectionNode = {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: marks },
  }
  const selections = [...(field.selectionSet?.selections ?? []), onType]
  return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } }
}

function aliased(alias: string, name: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: alias },
    name: { kind: Kind.NAME, value: name },
  }
}
