import { GraphQLID, GraphQLInt, GraphQLString } from 'graphql'
import { isDataObject, type DataObject } from '../data.ts'
import { isPlain } from '../json-text.ts'
import type { FieldShape, ObjectShape, ValueShape } from './compile-shape.ts'
import { writeValue } from './write-json.ts'

/** The JSON text of an object of merged data, or undefined where `writeObject` gives that. */
export type ObjectWriter = (data: DataObject) => string | undefined

/**
 * What `writeObject` does for this shape, as a function of its own whose source names each field: V8 then knows the
 * objects of each place, where one function for all places has seen too many kinds to know any. It makes half of the
 * writing's cost go, and takes some 50 microseconds an object to make, so it is for operations that are asked often.
 * Only names of the document and numbers become source, the names as JSON strings. Null for a shape that asks for
 * something else than data.
 */
export function compileWriter(shape: ObjectShape): ObjectWriter | null {
  if (!shape.fields.every(isFromData)) return null
  const helpers: unknown[] = [isPlain]
  let source = `'use strict'\nconst isPlain = helpers[0]\nreturn function write(data) {\n`
  source += `let value, written, text = '{'\n`
  for (const field of shape.fields) source += fieldSource(field, shape, helpers)
  source += `return text + '}'\n}`
  // eslint-disable-next-line typescript/no-implied-eval -- see above what the source is made of
  const make = new Function('helpers', source) as (helpers: readonly unknown[]) => ObjectWriter
  return make(helpers)
}

function isFromData({ denied, source }: FieldShape): boolean {
  return denied === null && source !== 'introspection'
}

function fieldSource(field: FieldShape, parent: ObjectShape, helpers: unknown[]): string {
  if (field.source === 'typename') {
    const text = JSON.stringify(`${field.jsonKey}"${parent.typeName}"`)
    return parent.typeName === null ? 'return undefined\n' : `text += ${text}\n`
  }
  const onNull = field.value.nonNull
    ? 'return undefined'
    : `text += ${JSON.stringify(`${field.jsonKey}null`)}`
  return `value = data[${JSON.stringify(field.key)}]
if (value === null || value === undefined) ${onNull}
${presentSource(field.value, field.jsonKey, helpers)}`
}

/** For a value that is there. */
function presentSource(shape: ValueShape, jsonKey: string, helpers: unknown[]): string {
  const key = JSON.stringify(jsonKey)
  const isLeaf = shape.kind === 'leaf'
  const ifString = `else if (typeof value === 'string')
  text += isPlain(value) ? ${JSON.stringify(`${jsonKey}"`)} + value + '"' : ${key} + JSON.stringify(value)\n`
  if (isLeaf && shape.type.name === GraphQLString.name) {
    return `${ifString}else return undefined\n`
  }
  if (isLeaf && shape.type.name === GraphQLInt.name) {
    return `else if ((value | 0) === value) text += ${key} + value\nelse return undefined\n`
  }
  if (isLeaf && shape.type.name === GraphQLID.name) {
    return `${ifString}else if (Number.isInteger(value)) text += ${key} + '"' + value + '"'\nelse return undefined\n`
  }
  const helper = `helpers[${helpers.push(valueWriter(shape)) - 1}]`
  return `else {
written = ${helper}(value)
if (written === undefined) return undefined
text += ${key} + written
}\n`
}

/** For a value that is there, of any kind. */
function valueWriter(shape: ValueShape): (value: unknown) => string | undefined {
  if (shape.kind === 'leaf') return shape.write
  if (shape.kind === 'list') return listWriter(shape, valueWriter(shape.item))
  const write = shape.kind === 'object' ? compileWriter(shape.shape) : null
  if (!write) return (value) => writeValue(shape, value, {})
  return (value) => (isDataObject(value) ? write(value) : undefined)
}

function listWriter(
  { item: { nonNull } }: ValueShape & { kind: 'list' },
  writeItem: (value: unknown) => string | undefined,
): (value: unknown) => string | undefined {
  return (value) => {
    if (!Array.isArray(value)) return undefined
    let text = '['
    for (const item of value) {
      const isNull = item === null || item === undefined
      const written = isNull ? (nonNull ? undefined : 'null') : writeItem(item)
      if (written === undefined) return undefined
      if (text.length > 1) text += ','
      text += written
    }
    return `${text}]`
  }
}
