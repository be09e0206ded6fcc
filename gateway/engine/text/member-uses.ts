import type { RequiresSelection } from '@graphql-hive/router-query-planner'
import type { EntityFetch, EntityPart, PlanStep, RootFetch } from '../compile-plan.ts'
import type { FieldTree } from '../field-tree.ts'

/** What the fetches of a plan do with the members of merged data, by the path of names to their object. */
export interface MemberUses {
  /** Whether more than one fetch brings it. */
  isSharedBetweenFetches(path: string, name: string): boolean
  /** Whether a fetch needs it of an entity, to ask for more. */
  isNeeded(path: string, name: string): boolean
}

export function memberUsesOf(fetches: readonly (RootFetch | EntityFetch)[]): MemberUses {
  const brought = new Set<string>()
  const broughtAgain = new Set<string>()
  const needed = new Set<string>()
  for (const fetch of fetches) {
    if (fetch.kind === 'root') bring(fetch.tree, '')
    else for (const part of fetch.parts) bringAndNeed(part)
  }
  return {
    isSharedBetweenFetches: (path, name) => broughtAgain.has(pathBelow(path, name)),
    isNeeded: (path, name) => needed.has(pathBelow(path, name)),
  }

  function bringAndNeed(part: EntityPart): void {
    for (const path of new Set(part.paths.map(pathOf))) {
      bring(part.tree, path)
      need(part.requires, path)
    }
  }

  function bring(tree: FieldTree, path: string): void {
    for (const { responseName, fields } of tree) {
      const own = pathBelow(path, responseName)
      if (fields) bring(fields, own)
      else if (brought.has(own)) broughtAgain.add(own)
      else brought.add(own)
    }
  }

  function need(selections: readonly RequiresSelection[], path: string): void {
    for (const selection of selections) {
      if (selection.kind === 'FragmentSpread') continue
      if (selection.kind === 'InlineFragment') {
        need(selection.selections, path)
        continue
      }
      const own = pathBelow(path, selection.name)
      needed.add(own)
      need(selection.selections ?? [], own)
    }
  }
}

/** The names on the way to the entities of a part. */
export function pathOf(path: EntityPart['paths'][number]): string {
  let names = ''
  for (const segment of path) {
    if (typeof segment === 'object' && 'Field' in segment) names = pathBelow(names, segment.Field)
  }
  return names
}

/** All fetches of a step that may be run in it. */
export function fetchesOf(step: PlanStep | null): (RootFetch | EntityFetch)[] {
  if (!step) return []
  switch (step.kind) {
    case 'root':
    case 'entities':
      return [step]
    case 'condition':
      return [...fetchesOf(step.whenTrue), ...fetchesOf(step.otherwise)]
    default:
      return step.steps.flatMap(fetchesOf)
  }
}

export function pathBelow(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
