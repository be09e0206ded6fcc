import { isDataObject, type DataObject } from '../data.ts'
import type { FieldShape, ObjectShape, ValueShape } from './compile-shape.ts'

/** What is not in merged data: the answers of introspection, by response name. */
export type Introspected = Readonly<Record<string, unknown>>

/**
 * The JSON text of an answer in which nothing is wrong, straight from merged data. Undefined when something is: a
 * failure, a null where none may be, a value of another kind, a field that is denied. Then `shapeResult` tells what.
 */
export function writeObject(
  shape: ObjectShape,
  data: DataObject,
  introspected: Introspected,
): string | undefined {
  let text = '{'
  for (const field of shape.fields) {
    const written = writeField(field, shape, data, introspected)
    if (written === undefined) return undefined
    text += field.jsonKey
    text += written
  }
  return `${text}}`
}

function writeField(
  field: FieldShape,
  shape: ObjectShape,
  data: DataObject,
  introspected: Introspected,
): string | undefined {
  if (field.denied !== null) return undefined
  if (field.source === 'data') return writeValue(field.value, data[field.key], introspected)
  if (field.source === 'typename') return shape.typeName === null ? undefined : `"${shape.typeName}"`
  return writeValue(field.value, introspected[field.responseName], introspected)
}

export function writeValue(
  shape: ValueShape,
  value: unknown,
  introspected: Introspected,
): string | undefined {
  if (value === null || value === undefined) return shape.nonNull ? undefined : 'null'
  switch (shape.kind) {
    case 'leaf':
      return shape.write(value)
    case 'list': {
      if (!Array.isArray(value)) return undefined
      let text = '['
      for (const item of value) {
        const written = writeValue(shape.item, item, introspected)
        if (written === undefined) return undefined
        if (text.length > 1) text += ','
        text += written
      }
      return `${text}]`
    }
    case 'object':
      return isDataObject(value) ? writeObject(shape.shape, value, introspected) : undefined
    case 'abstract': {
      if (!isDataObject(value)) return undefined
      const concrete = shape.shapeFor(value['__typename'])
      return concrete ? writeObject(concrete, value, introspected) : undefined
    }
  }
}
