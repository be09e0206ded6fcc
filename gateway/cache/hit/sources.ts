import type { EntityFetch, PlanStep, RootFetch } from '../../engine/compile-plan.ts'
import type { CachedSelection } from '../fetches/cached-fetch.ts'

/** A fetch of the plan that gives something of an entity. */
export interface Source {
  selection: CachedSelection
  isPrivate: boolean
}

/** By the path of the entity, without lists: the root field's own source first. */
export type Sources = Map<string, Source[]>

/** Null for a plan of which something is never kept. */
export function sourcesOf(step: PlanStep, sources: Sources = new Map()): Sources | null {
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return step.steps.every((child) => sourcesOf(child, sources)) ? sources : null
    case 'root':
      return rootSources(step, sources)
    case 'entities':
      return entitySources(step, sources)
    case 'condition':
      return null
  }
}

function rootSources({ cached, isPrivate, outputRewrites }: RootFetch, sources: Sources): Sources | null {
  if (!cached || outputRewrites.length > 0) return null
  for (const selection of cached.selections) add(sources, selection.responseName, { selection, isPrivate })
  return sources
}

function entitySources({ cached, isPrivate, parts }: EntityFetch, sources: Sources): Sources | null {
  if (!cached) return null
  for (const [index, part] of parts.entries()) {
    const selection = cached.selections[index]
    if (!selection || part.outputRewrites.length > 0) return null
    for (const path of part.paths) {
      const names: string[] = []
      for (const step of path) {
        if (step === '@') continue
        if (!('Field' in step)) return null
        names.push(step.Field)
      }
      add(sources, names.join('.'), { selection, isPrivate })
    }
  }
  return sources
}

function add(sources: Sources, path: string, source: Source): void {
  const present = sources.get(path)
  if (present) present.push(source)
  else sources.set(path, [source])
}
