import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  type GraphQLLeafType,
} from 'graphql'
import { quoted } from '../json-text.ts'

/** The JSON text of a value that is just what its type says; undefined for any other, null and undefined among them. */
export type LeafWriter = (value: unknown) => string | undefined

export function leafWriter(type: GraphQLLeafType): LeafWriter {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]))
    return (value) => texts.get(value as string)
  }
  switch (type.name) {
    case GraphQLString.name:
      return (value) => (typeof value === 'string' ? quoted(value) : undefined)
    case GraphQLID.name:
      return (value) => {
        if (typeof value === 'string') return quoted(value)
        return Number.isInteger(value) ? `"${String(value)}"` : undefined
      }
    case GraphQLInt.name:
      return (value) => (typeof value === 'number' && (value | 0) === value ? String(value) : undefined)
    case GraphQLFloat.name:
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined)
    case GraphQLBoolean.name:
      return (value) => (typeof value === 'boolean' ? String(value) : undefined)
    default:
      return (value) => (value === null ? undefined : JSON.stringify(value))
  }
}
