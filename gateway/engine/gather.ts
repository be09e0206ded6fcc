import type { Representation } from '../batching/fetch-entities.ts'
import type { EntityPart } from './compile-plan.ts'
import type { DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import { failFields } from './merge-fields.ts'
import { JsonRepresentation, representationByKey } from './representation.ts'
import type { PlanRun } from './run-plan.ts'

/** The entities of one part, and what is sent for them: each representation once, however many places want it. */
export interface Wanted {
  part: EntityPart
  representations: Representation[]
  targets: DataObject[]
  /** By the index of the target, the index of its representation. */
  places: number[]
}

export function gather(part: EntityPart, { data, variables }: PlanRun): Wanted {
  const entities: DataObject[] = []
  for (const collect of part.collectors) collect(data, entities)
  const wanted: Wanted = { part, representations: [], targets: [], places: [] }
  let byKey: Map<string, number> | undefined
  let byText: Map<string, number> | undefined
  for (const entity of entities) {
    const key = singleKeyValue(part, entity)
    if (key !== null && part.singleKey) {
      let place = byKey?.get(key)
      if (place === undefined) {
        place = wanted.representations.push(representationByKey(part.singleKey.opening, key)) - 1
        byKey = (byKey ?? new Map<string, number>()).set(key, place)
      }
      wanted.targets.push(entity)
      wanted.places.push(place)
      continue
    }
    const json = part.project(entity, variables)
    if (json === null) continue
    if (json instanceof FieldFailure) {
      failFields(entity, json.elsewhere(), part.tree)
      continue
    }
    let place = byText?.get(json)
    if (place === undefined) {
      place = wanted.representations.push(new JsonRepresentation(json)) - 1
      byText = (byText ?? new Map<string, number>()).set(json, place)
    }
    wanted.targets.push(entity)
    wanted.places.push(place)
  }
  return wanted
}

/** What tells an entity from others sooner than its whole representation; null where only that does. */
function singleKeyValue({ singleKey }: EntityPart, entity: DataObject): string | null {
  if (!singleKey || entity['__typename'] !== singleKey.typename) return null
  const value = entity[singleKey.name]
  return typeof value === 'string' ? value : null
}
