import { GraphQLError, GraphQLScalarType } from 'graphql'

/*
 * The custom scalars, on their way out: none is ever taken as input. Their descriptions stand in the SDL.
 */

/** From epoch milliseconds. */
export const dateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  serialize(value) {
    const text = typeof value === 'number' ? toRfc3339(value) : null
    if (text === null) throw new GraphQLError(`DateTime: expected epoch milliseconds, got ${String(value)}`)
    return text
  },
})

export const jsonScalar = new GraphQLScalarType({ name: 'JSON', serialize: (value) => value })

export const safeIntScalar = new GraphQLScalarType({
  name: 'SafeInt',
  serialize(value) {
    if (!Number.isSafeInteger(value)) {
      throw new GraphQLError(`SafeInt: expected an integer up to 2^53 - 1, got ${String(value)}`)
    }
    return value
  },
})

/** Null outside the years that RFC 3339 can write. */
function toRfc3339(time: number): string | null {
  const date = new Date(time)
  const year = date.getUTCFullYear()
  return year >= 0 && year <= 9999 ? date.toISOString() : null
}
