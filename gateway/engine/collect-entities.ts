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

/** Adds to `found` what `collectEntities` finds at its path. */
export type CollectEntities = (data: DataObject, found: DataObject[]) => void

/** From this use on a path has code of its own. Documents that come once, as hostile ones do, never get there. */
const USES_BEFORE_CODE = 20

export function createCollector(
  path: readonly FlattenNodePathSegment[],
  types: SupergraphTypes,
): CollectEntities {
  let uses = 0
  let collect: CollectEntities = (data, found) => collectEntities(data, path, types, found)
  return (data, found) => {
    if (uses <= USES_BEFORE_CODE && uses++ === USES_BEFORE_CODE) collect = compileCollector(path, types)
    collect(data, found)
  }
}

/**
 * A function for each step whose source names its field, so that V8 knows the objects of each place (as for
 * `compileMerge`). Only field names become source, as JSON strings.
 */
export function compileCollector(
  path: readonly FlattenNodePathSegment[],
  types: SupergraphTypes,
): CollectEntities {
  const conditions: ((typename: unknown) => boolean)[] = []
  const functions = [...path, undefined].map((segment, depth) => {
    const inList = segment === '@' ? depth + 1 : depth
    return `function collect${depth}(value, found) {
if (Array.isArray(value)) for (let index = 0; index < value.length; index++) collect${inList}(value[index], found)
else if (isDataObject(value)) {${stepSource(segment, depth)}}
}`
  })
  const source = `'use strict'
${functions.join('\n')}
return collect0`
  // eslint-disable-next-line typescript/no-implied-eval -- see above what the source is made of
  const make = new Function('isDataObject', 'conditions', source) as (
    isObject: typeof isDataObject,
    given: typeof conditions,
  ) => CollectEntities
  return make(isDataObject, conditions)

  function stepSource(segment: FlattenNodePathSegment | undefined, depth: number): string {
    if (segment === undefined) return 'found.push(value)'
    if (segment === '@') return ''
    if ('Field' in segment) return `collect${depth + 1}(value[${JSON.stringify(segment.Field)}], found)`
    const satisfies = (typename: unknown): boolean =>
      typeof typename === 'string' &&
      segment.TypeCondition.some((condition) => types.satisfies(typename, condition))
    const condition = `conditions[${conditions.push(satisfies) - 1}]`
    return `if (${condition}(value.__typename)) collect${depth + 1}(value, found)`
  }
}
