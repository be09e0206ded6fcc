import { DataObject, isOfMergedData } from '../data.ts'

/**
 * A run is what stands in the place of several members of an object of merged data: the JSON text in which they came
 * (`"id":"p1","title":"Mug"`), kept whole because the client wants the same members in the same order. It is a member
 * itself, under a name that no field can have, made of the name of the first in it.
 */
export function runKey(firstName: string): string {
  return MARK + firstName
}

const MARK = '\0'

/** The same data with its runs read: for whoever has to look at each field. Copied, as parts of it may be shared. */
export function withoutRuns(data: DataObject): DataObject {
  const whole = new DataObject()
  for (const key in data) {
    const value = data[key]
    if (key.startsWith(MARK)) Object.assign(whole, JSON.parse(`{${String(value)}}`))
    else whole[key] = readBelow(value)
  }
  return whole
}

function readBelow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readBelow)
  return isOfMergedData(value) ? withoutRuns(value) : value
}
