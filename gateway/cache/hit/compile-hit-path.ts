import type { RequestContext } from '../../../core/access/request-context.ts'
import type { CompiledPlan } from '../../engine/compile-plan.ts'
import type { ObjectShape } from '../../engine/shape/compile-shape.ts'
import type { CacheClasses } from '../cache-classes.ts'
import type { EntityCache } from '../entity-cache.ts'
import { aliasOf, lookupKeys } from '../fetches/lookup-key.ts'
import { compileRoots, type RootPart } from './compile-roots.ts'
import { HitWriter } from './hit-writer.ts'
import { sourcesOf } from './sources.ts'

/**
 * The answer of an operation as JSON text, straight from what the process keeps: nothing is asked, merged, parsed or
 * printed. Undefined when any part of it is not at hand.
 */
export type HitPath = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => string | undefined

export interface HitPathOptions {
  plan: CompiledPlan
  shape: ObjectShape
  cache: EntityCache
  classes: CacheClasses
}

/** Null for an operation of which something is never kept, or stands where only the plan can put it. */
export function compileHitPath({ plan, shape, cache, classes }: HitPathOptions): HitPath | null {
  if (!plan.step || plan.subscription) return null
  const sources = sourcesOf(plan.step)
  const roots = sources && compileRoots(shape, sources, cache)
  if (!roots) return null
  return (variables, context) => {
    if (context.after) return undefined
    const writer = new HitWriter(cache, variables, classes.of(context.principal))
    let text = ''
    for (const root of roots) {
      const written = root.selection ? writeRoot(root, variables, writer, cache) : ''
      if (written === undefined) return undefined
      text += root.text + written
    }
    return cache.takeHits(writer.hits) ? `${text}}` : undefined
  }
}

function writeRoot(
  { selection, node, nonNull, isPrivate, variableKeys }: RootPart,
  variables: Readonly<Record<string, unknown>>,
  writer: HitWriter,
  cache: EntityCache,
): string | undefined {
  const keys = selection && lookupKeys(selection, variables)
  const space = node?.sources[0]?.space
  if (!keys || !node || !space) return undefined
  const of = writer.classOf(isPrivate)
  const key = writer.keyOf(variableKeys)
  const isList = selection.lookup?.rule.isList === true
  let text = isList ? '[' : ''
  for (let index = 0; index < keys.length; index++) {
    const { id, text: asked } = keys[index] as (typeof keys)[number]
    if (index > 0) text += ','
    const slot =
      (id === null ? undefined : cache.near.find(space, id)) ??
      cache.near.resolve({ space, id: null, alias: aliasOf(space, of, asked) })
    const absentUntil = slot?.entries.get(of)?.absentUntil
    const isAbsent = absentUntil !== undefined && absentUntil > writer.now
    const written = isAbsent && !nonNull ? 'null' : slot ? writer.answer(node, slot, key) : undefined
    if (written === undefined) return undefined
    text += written
  }
  return isList ? `${text}]` : text
}
