import { GraphQLID, GraphQLInt, GraphQLString } from 'graphql'
import { isDataObject, type DataObject } from '../data.ts'
import { isPlain } from '../json-text.ts'
import type { RunLayout, Runs } from '../text/layout.ts'
import { isFromData, type FieldShape, type ObjectShape, type ValueShape } from './compile-shape.ts'
import { writeValue } from './write-json.ts'

/** The JSON text of an object of merged data in pieces, or undefined where `writeObject` gives that. */
export type ObjectWriter = (data: DataObject) => string[] | undefined

/**
 * A piece ends at the first item of a list after so many characters. V8 puts a text together when it is sent, and one of
 * more than 128 KB in memory that it has to ask for each time, which costs more than all of the writing.
 */
const PIECE_CHARACTERS = 16_384

/**
 * What `writeObject` does for this shape, as functions of its own whose source names each field: V8 then knows the
 * objects of each place, where one function for all places has seen too many kinds to know any. They take some 50
 * microseconds an object to make, so they are for operations that are asked often. Only names of the document and numbers
 * become source, the names as JSON strings. Null for a shape that asks for something else than data.
 *
 * @param runs what may stand in merged data instead of fields: it is passed on as it is
 */
export function compileWriter(shape: ObjectShape, runs: Runs = new Map()): ObjectWriter | null {
  if (!shape.fields.every(isFromData)) return null
  const writer = new WriterSource(runs)
  const root = writer.object(shape, 'data', constant(''))
  const source = `'use strict'
let text = '', pieces = []
${writer.functions}
function writeRoot(data) {
let value, written
${root}
return true
}
return function write(data) {
  text = ''
  pieces = []
  if (!writeRoot(data)) return undefined
  pieces.push(text)
  return pieces
}`
  // eslint-disable-next-line typescript/no-implied-eval -- see above what the source is made of
  const make = new Function('helpers', 'isPlain', 'isDataObject', source) as (
    helpers: readonly unknown[],
    plain: typeof isPlain,
    data: typeof isDataObject,
  ) => ObjectWriter
  return make(writer.helpers, isPlain, isDataObject)
}

/** An expression for what stands before a value, with this text after it. */
type Before = (text: string) => string

function constant(before: string): Before {
  return (text) => JSON.stringify(before + text)
}

/** Of an item of a list. */
const BEFORE_ITEM: Before = (text) =>
  `(index === 0 ? ${JSON.stringify(`[${text}`)} : ${JSON.stringify(`,${text}`)})`

/** Statements that append to `text`; they return false where something is wrong. */
class WriterSource {
  functions = ''
  readonly helpers: unknown[] = []
  readonly #runs: Runs
  #names = 0

  constructor(runs: Runs) {
    this.#runs = runs
  }

  object(shape: ObjectShape, name: string, before: Before): string {
    if (shape.fields.length === 0) return `text += ${before('{}')}\n`
    let source = ''
    for (let index = 0; index < shape.fields.length;) {
      const first = shape.fields[index]
      const run = first && this.#runs.get(first)
      const fields = shape.fields.slice(index, index + (run?.leaves.length ?? 1))
      const beforeFirst = index === 0 ? (text: string) => before(`{${text}`) : constant('')
      const each = fields.map((field, at) =>
        this.#field(field, shape, name, at === 0 ? beforeFirst : constant('')),
      )
      source += run ? runSource(run, name, beforeFirst(index === 0 ? '' : ','), each.join('')) : each.join('')
      index += fields.length
    }
    return `${source}text += '}'\n`
  }

  #field(field: FieldShape, parent: ObjectShape, name: string, before: Before): string {
    if (field.source === 'typename') {
      if (parent.typeName === null) return 'return false\n'
      return `text += ${before(`${field.jsonKey}"${parent.typeName}"`)}\n`
    }
    return `value = ${name}[${JSON.stringify(field.key)}]\n${this.#value(field.value, (text) => before(field.jsonKey + text))}`
  }

  /** For what is in `value`. */
  #value(shape: ValueShape, before: Before): string {
    const onNull = shape.nonNull ? 'return false' : `text += ${before('null')}`
    return `if (value === null || value === undefined) ${onNull}\nelse {\n${this.#present(shape, before)}}\n`
  }

  #present(shape: ValueShape, before: Before): string {
    if (shape.kind === 'object' && shape.shape.fields.every(isFromData)) {
      const name = `object${this.#names++}`
      return `if (!isDataObject(value)) return false
const ${name} = value
${this.object(shape.shape, name, before)}`
    }
    if (shape.kind === 'list') {
      return `if (!Array.isArray(value)) return false
if (value.length === 0) text += ${before('[]')}
else {
text += ${before('')}
if (!${this.#list(shape.item)}(value)) return false
}\n`
    }
    const ifString = `if (typeof value === 'string') {
if (isPlain(value)) text += ${before('"')} + value + '"'
else text += ${before('')} + JSON.stringify(value)
}`
    const typeName = shape.kind === 'leaf' ? shape.type.name : ''
    if (typeName === GraphQLString.name) return `${ifString} else return false\n`
    if (typeName === GraphQLInt.name) {
      return `if ((value | 0) !== value) return false\ntext += ${before('')} + value\n`
    }
    if (typeName === GraphQLID.name) {
      return `${ifString} else if (Number.isInteger(value)) text += ${before('"')} + value + '"'\nelse return false\n`
    }
    const write = shape.kind === 'leaf' ? shape.write : (value: unknown) => writeValue(shape, value, {})
    return `written = helpers[${this.helpers.push(write) - 1}](value)
if (written === undefined) return false
text += ${before('')}
text += written\n`
  }

  /** The name of a function for lists that are not empty. */
  #list(item: ValueShape): string {
    const name = `write${this.#names++}`
    const body = this.#value(item, BEFORE_ITEM)
    this.functions += `function ${name}Item(value, index) {
let written
${body}
return true
}
function ${name}(list) {
for (let index = 0; index < list.length; index++) {
if (!${name}Item(list[index], index)) return false
if (text.length > ${PIECE_CHARACTERS}) {
pieces.push(text)
text = ''
}
}
text += ']'
return true
}\n`
    return name
  }
}

function runSource({ key }: RunLayout, name: string, before: string, otherwise: string): string {
  return `value = ${name}[${JSON.stringify(key)}]
if (value !== undefined) {
text += ${before}
text += value
} else {
${otherwise}}\n`
}
