import type { RequestContext } from '../../../core/access/request-context.ts'
import type { CompiledPlan } from '../../engine/compile-plan.ts'
import type { ObjectShape } from '../../engine/shape/compile-shape.ts'
import type { CacheClasses } from '../cache-classes.ts'
import type { EntityCache } from '../entity-cache.ts'
import { aliasOf, lookupKeys } from '../fetches/lookup-key.ts'
import { compileRoots, type RootPart } from './compile-roots.ts'
import { HitMisses } from './hit-misses.ts'
import { HitWriter } from './hit-writer.ts'
import { sourcesOf } from './sources.ts'

/**
 * The answer of an operation as JSON text, straight from what the process keeps: nothing is asked, merged, parsed or
 * printed. A promise where the rest may be had from what processes share. Undefined when any part of it is not at hand.
 */
export type HitPath = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => string | undefined | Promise<string | undefined>

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
    const of = classes.of(context)
    if (!of) return undefined
    const write = (misses: HitMisses | null): string | undefined =>
      writeRoots(roots, variables, new HitWriter(cache, variables, of, misses), cache)
    const written = write(null)
    if (written !== undefined || !cache.loads || !hasTimeToLoad(context)) return written
    const misses = new HitMisses(cache.loads, variables)
    return write(misses) ?? writeLoaded(misses, write)
  }
}

/** What one entity leads to, another round brings. */
async function writeLoaded(
  misses: HitMisses,
  write: (misses: HitMisses) => string | undefined,
): Promise<string | undefined> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (!(await misses.load())) return undefined
    const written = write(misses)
    if (written !== undefined) return written
  }
  return undefined
}

const MAX_ROUNDS = 4

/** Each round is bounded by itself. Who has less time is answered by the plan, which ends when he has none. */
const TIME_TO_LOAD_MS = 100

function hasTimeToLoad({ deadlineAt = Infinity }: RequestContext): boolean {
  return deadlineAt - performance.now() > TIME_TO_LOAD_MS
}

function writeRoots(
  roots: readonly RootPart[],
  variables: Readonly<Record<string, unknown>>,
  writer: HitWriter,
  cache: EntityCache,
): string | undefined {
  let text: string | undefined = ''
  for (const root of roots) {
    const written = root.selection ? writeRoot(root, variables, writer, cache) : ''
    if (written === undefined && !writer.isLoading) return undefined
    text = text === undefined || written === undefined ? undefined : text + root.text + written
  }
  return text !== undefined && cache.takeHits(writer.nearHits) ? `${text}}` : undefined
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
  let text: string | undefined = isList ? '[' : ''
  for (let index = 0; index < keys.length; index++) {
    const { id, text: asked } = keys[index] as (typeof keys)[number]
    if (index > 0 && text !== undefined) text += ','
    const slot =
      (id === null ? undefined : writer.find(space, id)) ??
      cache.near.resolve({ space, id: null, alias: aliasOf(space, of, asked) })
    const absentUntil = slot?.entries.get(of)?.absentUntil
    const isAbsent = absentUntil !== undefined && absentUntil > writer.now
    const known = slot?.id ?? id
    const written =
      isAbsent && !nonNull ? 'null' : known === null ? undefined : writer.answer(node, known, slot, key)
    if (written === undefined && !writer.isLoading) return undefined
    if (text !== undefined) text = written === undefined ? undefined : text + written
  }
  return isList && text !== undefined ? `${text}]` : text
}
