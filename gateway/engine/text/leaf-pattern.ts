import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  type GraphQLLeafType,
} from 'graphql'
import type { ValueShape } from '../shape/compile-shape.ts'

/** What a string may hold that is its own JSON text. */
export const PLAIN = '[^"\\\\\\x00-\\x1f]*'

/** A string in the JSON text that JSON.stringify would give it too: any other way to escape is a matter for JSON.parse. */
const STRING = `"${PLAIN}(?:\\\\["\\\\bfnrt]${PLAIN})*"`

/** Within 32 bits, but for some of ten digits. */
const INT = '(?:0|-?[1-9][0-9]{0,8}|-?1[0-9]{9})'

/** Whole numbers and fractions of few enough digits that a double has them exactly as they are written. */
const NUMBER = '(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,7})\\.[0-9]{0,5}[1-9])'

/**
 * A regular expression, without groups that capture, for the JSON texts of a type's values that may be passed on as they
 * are: those that `leafWriter` would give again. Null where none can be told.
 */
export function leafPattern(shape: ValueShape): string | null {
  const present = presentPattern(shape)
  if (present === null) return null
  return shape.nonNull ? present : `(?:null|${present})`
}

function presentPattern(shape: ValueShape): string | null {
  if (shape.kind === 'leaf') return scalarPattern(shape.type)
  if (shape.kind !== 'list') return null
  const item = leafPattern(shape.item)
  return item === null ? null : `\\[(?:${item}(?:,${item})*)?\\]`
}

function scalarPattern(type: GraphQLLeafType): string {
  if (isEnumType(type))
    return `"(?:${type
      .getValues()
      .map(({ name }) => name)
      .join('|')})"`
  switch (type.name) {
    case GraphQLString.name:
    case GraphQLID.name:
      return STRING
    case GraphQLInt.name:
      return INT
    case GraphQLFloat.name:
      return NUMBER
    case GraphQLBoolean.name:
      return '(?:true|false)'
    default:
      return `(?:${STRING}|${NUMBER}|true|false)`
  }
}

/** Whether it is that of strings alone. */
export function isStringPattern(pattern: string): boolean {
  return pattern === STRING
}

/** The texts of other values than strings in a field of which only the plan knows. */
export const SCALAR = `null|true|false|${NUMBER}`
