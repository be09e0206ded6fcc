import type { RequiresSelection } from '@graphql-hive/router-query-planner'
import { DataObject, isDataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import type { TypeConditions } from './type-conditions.ts'

/**
 * What a subgraph needs to know of an entity to find it: its type, its key, and what `@requires` asks for. Null when
 * the entity is not one that this fetch is for. A failure when something needed has failed itself.
 */
export function representationOf(
  entity: DataObject,
  requires: readonly RequiresSelection[],
  variables: Readonly<Record<string, unknown>>,
  satisfies: TypeConditions,
): DataObject | FieldFailure | null {
  const typename = entity['__typename']
  if (typeof typename !== 'string') return null
  const representation = new DataObject()
  const failure = project(representation, entity, requires, variables, satisfies)
  if (failure) return failure
  representation['__typename'] ??= typename
  return Object.keys(representation).length > 1 ? representation : null
}

/** Copies what is required from source to target; the failure that stands in the place of something required, else null. */
function project(
  target: DataObject,
  source: DataObject,
  requires: readonly RequiresSelection[],
  variables: Readonly<Record<string, unknown>>,
  satisfies: TypeConditions,
): FieldFailure | null {
  for (const selection of requires) {
    if (selection.kind === 'Field') {
      const value = copy(source[selection.name], selection.selections, variables, satisfies)
      if (value instanceof FieldFailure) return value
      if (value !== undefined) target[selection.alias ?? selection.name] = value
    } else if (selection.kind === 'InlineFragment') {
      if (selection.skipIf && variables[selection.skipIf] === true) continue
      if (selection.includeIf && variables[selection.includeIf] !== true) continue
      const typename = source['__typename']
      if (typeof typename === 'string' && !satisfies(typename, selection.typeCondition)) continue
      const failure = project(target, source, selection.selections, variables, satisfies)
      if (failure) return failure
    } else {
      throw new Error(`a plan requires the fragment ${selection.value}, which plans do not name`)
    }
  }
  return null
}

function copy(
  value: unknown,
  selections: readonly RequiresSelection[] | undefined,
  variables: Readonly<Record<string, unknown>>,
  satisfies: TypeConditions,
): unknown {
  if (!selections || selections.length === 0) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => copy(item, selections, variables, satisfies))
    return items.find((item) => item instanceof FieldFailure) ?? items
  }
  if (!isDataObject(value)) return value
  const target = new DataObject()
  return project(target, value, selections, variables, satisfies) ?? target
}
