import type { RequiresSelection } from '@graphql-hive/router-query-planner'
import { isDataObject, type DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import { quoted } from './json-text.ts'
import { applyRewrites, type Rewrite } from './rewrites.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/**
 * What a subgraph needs to know of an entity to find it, as JSON text: its type, its key, and what `@requires` asks
 * for. Null when the entity is not one that the fetch is for. A failure when something needed has failed itself.
 */
export type Projector = (
  entity: DataObject,
  variables: Readonly<Record<string, unknown>>,
) => string | FieldFailure | null

export interface ProjectorOptions {
  requires: readonly RequiresSelection[]
  inputRewrites: readonly Rewrite[]
  types: SupergraphTypes
}

/** The common case of a representation: one type, found by one field. */
export interface SingleKey {
  typename: string
  name: string
  /** The text of its representation up to its key, with the quote that begins it. */
  opening: string
}

/** Not null when an entity of that type with a string for that key has no other representation than these make. */
export function singleKeyOf({ requires, inputRewrites, types }: ProjectorOptions): SingleKey | null {
  const [fragment, ...others] = requires
  if (others.length > 0 || inputRewrites.length > 0 || fragment?.kind !== 'InlineFragment') return null
  if (hasConditions(requires) || !types.isConcrete(fragment.typeCondition)) return null
  const members = flatten(fragment.selections, fragment.typeCondition, types).filter(isKeyMember)
  const [key] = members
  if (!key || members.length > 1 || key.source !== key.target || key.below.length > 0) return null
  const typename = fragment.typeCondition
  return { typename, name: key.source, opening: `{"__typename":${quoted(typename)},"${key.target}":"` }
}

function isKeyMember({ target }: Member): boolean {
  return target !== '__typename'
}

/** Writes text straight from the entity where it can; where the plan changes representations, or has conditions in them, by way of an object. */
export function compileProjector(options: ProjectorOptions): Projector {
  const { requires, inputRewrites, types } = options
  if (inputRewrites.length > 0 || hasConditions(requires)) return viaObject(options)
  const membersFor = new Map<string, readonly Member[]>()

  return (entity) => {
    const typename = entity['__typename']
    if (typeof typename !== 'string') return null
    let members = membersFor.get(typename)
    if (!members) {
      members = flatten(requires, typename, types).filter(isKeyMember)
      membersFor.set(typename, members)
    }
    const written = writeMembers(`{"__typename":${quoted(typename)}`, entity, members, types)
    // Nothing but the type was there to find it by.
    if (typeof written === 'string' && !hasMembers(entity, members)) return null
    return written
  }
}

interface Member {
  source: string
  target: string
  below: readonly RequiresSelection[]
}

/** Of all selections the fields that an object of this type has, those with the same name made one. */
function flatten(
  selections: readonly RequiresSelection[],
  typename: string | null,
  types: SupergraphTypes,
  members: Member[] = [],
): Member[] {
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const target = selection.alias ?? selection.name
      const same = members.findIndex((member) => member.target === target)
      const before = members[same]
      const below = [...(before?.below ?? []), ...(selection.selections ?? [])]
      const member: Member = { source: selection.name, target, below }
      if (before) members[same] = member
      else members.push(member)
    } else if (selection.kind === 'InlineFragment') {
      if (typename === null || types.satisfies(typename, selection.typeCondition)) {
        flatten(selection.selections, typename, types, members)
      }
    } else {
      throw new Error(`a plan requires the fragment ${selection.value}, which plans do not name`)
    }
  }
  return members
}

function hasMembers(entity: DataObject, members: readonly Member[]): boolean {
  return members.some(({ source }) => isPresent(entity[source]))
}

/** A function can only be one that a plain object inherits: the answer has no such member. */
function isPresent(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function'
}

function writeMembers(
  opening: string,
  source: DataObject,
  members: readonly Member[],
  types: SupergraphTypes,
): string | FieldFailure {
  let text = opening
  for (const member of members) {
    const value = source[member.source]
    if (!isPresent(value)) continue
    const written = writeValue(value, member.below, types)
    if (written instanceof FieldFailure) return written
    text += `${text === '{' ? '' : ','}"${member.target}":${written}`
  }
  return `${text}}`
}

function writeValue(
  value: unknown,
  below: readonly RequiresSelection[],
  types: SupergraphTypes,
): string | FieldFailure {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof FieldFailure) return value
  if (Array.isArray(value)) {
    let text = ''
    for (const item of value) {
      const written = writeValue(item, below, types)
      if (written instanceof FieldFailure) return written
      text += text === '' ? written : `,${written}`
    }
    return `[${text}]`
  }
  if (below.length === 0 || !isDataObject(value)) return JSON.stringify(value) ?? 'null'
  const typename = value['__typename']
  return writeMembers(
    '{',
    value,
    flatten(below, typeof typename === 'string' ? typename : null, types),
    types,
  )
}

function hasConditions(selections: readonly RequiresSelection[]): boolean {
  return selections.some((selection) => {
    if (selection.kind === 'FragmentSpread') return false
    if (selection.kind === 'InlineFragment' && (selection.skipIf ?? selection.includeIf)) return true
    return hasConditions(selection.selections ?? [])
  })
}

function viaObject({ requires, inputRewrites, types }: ProjectorOptions): Projector {
  return (entity, variables) => {
    const typename = entity['__typename']
    if (typeof typename !== 'string') return null
    const chosen = withoutConditions(requires, variables)
    const members = flatten(chosen, typename, types).filter(isKeyMember)
    if (!hasMembers(entity, members)) return null
    const written = writeMembers(`{"__typename":${quoted(typename)}`, entity, members, types)
    if (written instanceof FieldFailure || inputRewrites.length === 0) return written
    const representation = JSON.parse(written) as DataObject
    applyRewrites(representation, inputRewrites, types)
    return JSON.stringify(representation)
  }
}

function withoutConditions(
  selections: readonly RequiresSelection[],
  variables: Readonly<Record<string, unknown>>,
): RequiresSelection[] {
  return selections.flatMap((selection): RequiresSelection[] => {
    if (selection.kind === 'FragmentSpread') return [selection]
    if (selection.kind === 'InlineFragment') {
      if (selection.skipIf && variables[selection.skipIf] === true) return []
      if (selection.includeIf && variables[selection.includeIf] !== true) return []
      return [{ ...selection, selections: withoutConditions(selection.selections, variables) }]
    }
    if (!selection.selections) return [selection]
    return [{ ...selection, selections: withoutConditions(selection.selections, variables) }]
  })
}
