import type { FetchNodePathSegment, FetchRewrite } from '@graphql-hive/router-query-planner'
import { isDataObject, type DataObject } from './data.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/** A change of an answer or of a representation that its plan asks for. */
export type Rewrite =
  | { kind: 'rename'; path: readonly FetchNodePathSegment[]; to: string }
  | { kind: 'set'; path: readonly FetchNodePathSegment[]; value: string }

export function parseRewrite(rewrite: FetchRewrite): Rewrite {
  if ('KeyRenamer' in rewrite) {
    return { kind: 'rename', path: rewrite.KeyRenamer.path, to: rewrite.KeyRenamer.renameKeyTo }
  }
  const { path, setValueTo } = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite
  return { kind: 'set', path, value: setValueTo }
}

/** The member names along a rewrite's path, without its type conditions. */
export function keysOf(rewrite: Rewrite): string[] {
  return rewrite.path.flatMap((segment) => ('Key' in segment ? [segment.Key] : []))
}

/** Changes the value in place. A renamed member stays under its old name too, which no tree of fields names any more. */
export function applyRewrites(value: unknown, rewrites: readonly Rewrite[], types: SupergraphTypes): void {
  for (const rewrite of rewrites) applyAt(value, rewrite, 0, types)
}

function applyAt(value: unknown, rewrite: Rewrite, depth: number, types: SupergraphTypes): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, rewrite, depth, types)
    return
  }
  const segment = rewrite.path[depth]
  if (!isDataObject(value) || !segment) return
  if ('TypenameEquals' in segment) {
    const typename = value['__typename']
    if (typeof typename !== 'string') return
    if (!segment.TypenameEquals.some((condition) => types.satisfies(typename, condition))) return
    applyAt(value, rewrite, depth + 1, types)
  } else if (depth < rewrite.path.length - 1) {
    applyAt(value[segment.Key], rewrite, depth + 1, types)
  } else {
    applyTo(value, segment.Key, rewrite)
  }
}

function applyTo(object: DataObject, key: string, rewrite: Rewrite): void {
  if (!(key in object)) return
  if (rewrite.kind === 'set') object[key] = rewrite.value
  else object[rewrite.to] = object[key]
}
