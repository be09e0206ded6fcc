import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner'
import { isDataObject, type DataObject } from './data.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/** The objects at a path of merged data, through lists and past nulls and failures, added to `found`. */
export function collectEntities(
  value: unknown,
  path: readonly FlattenNodePathSegment[],
  types: SupergraphTypes,
  found: DataObject[],
  depth = 0,
): void {
  if (Array.isArray(value)) {
    const next = path[depth] === '@' ? depth + 1 : depth
    for (const item of value) collectEntities(item, path, types, found, next)
    return
  }
  if (!isDataObject(value)) return
  const segment = path[depth]
  if (segment === undefined) {
    found.push(value)
  } else if (segment === '@') {
    return
  } else if ('Field' in segment) {
    collectEntities(value[segment.Field], path, types, found, depth + 1)
  } else {
    const typename = value['__typename']
    if (typeof typename !== 'string') return
    if (!segment.TypeCondition.some((condition) => types.satisfies(typename, condition))) return
    collectEntities(value, path, types, found, depth + 1)
  }
}
