import { FieldFailure } from './field-failure.ts'

/**
 * An object of merged data, keyed by response name. It has no prototype, so that a field named `constructor` or
 * `toString` is only ever what a subgraph sent. (An own class with an empty prototype stays in V8's fast mode, which
 * `Object.create(null)` leaves: several times faster to fill.)
 */
export interface DataObject {
  [responseName: string]: unknown
}

export const DataObject = function () {} as unknown as new () => DataObject
DataObject.prototype = Object.create(null)

export function isDataObject(value: unknown): value is DataObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FieldFailure)
  )
}

/** Whether it is an object that was made here, and not one from JSON.parse or graphql-js. */
export function isOfMergedData(value: unknown): value is DataObject {
  return value instanceof DataObject
}
