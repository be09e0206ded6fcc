import { DataObject, isDataObject } from '../data.ts'
import type { ValueShape } from './compile-shape.ts'

/**
 * A declared fallback as the client selected it: it has its members under the names of the schema's fields, and may
 * leave out those that may be null.
 */
export function shapeFallback(shape: ValueShape, value: unknown): unknown {
  if (Array.isArray(value)) {
    return shape.kind === 'list' ? value.map((item) => shapeFallback(shape.item, item)) : value
  }
  if (!isDataObject(value) || shape.kind === 'leaf' || shape.kind === 'list') return value
  const objectShape = shape.kind === 'object' ? shape.shape : shape.shapeFor(value['__typename'])
  if (!objectShape) return null
  const shaped = new DataObject()
  for (const { responseName, fieldName, source, value: below } of objectShape.fields) {
    shaped[responseName] =
      source === 'typename' ? objectShape.typeName : shapeFallback(below, value[fieldName] ?? null)
  }
  return shaped
}
