import { Kind, type DirectiveNode, type FieldNode, type SelectionSetNode, type ValueNode } from 'graphql'
import { canonicalJson, type JsonObject, type JsonValue } from '../../../core/json.ts'

type Variables = Readonly<Record<string, unknown>>

/**
 * Under what a field of an entity is kept: its name, its arguments as canonical JSON with variables in place, and what is
 * selected of it. The same field asked by two operations has the same key, whatever each calls it.
 */
export type FieldKey = (variables: Variables) => string

export function compileFieldKey(field: FieldNode): FieldKey {
  const pieces: Piece[] = []
  const { alias: _, ...unnamed } = field
  writeField(unnamed, pieces)
  const joined = join(pieces)
  const [only, ...others] = joined
  if (others.length === 0 && typeof only === 'string') return () => only
  return (variables) => {
    let key = ''
    for (const piece of joined) key += typeof piece === 'string' ? piece : piece(variables)
    return key
  }
}

/** The JSON of a value with variables in place; undefined for a variable that is not given, which is not a null. */
export function compileValue(value: ValueNode): (variables: Variables) => JsonValue | undefined {
  switch (value.kind) {
    case Kind.VARIABLE: {
      const name = value.name.value
      return (variables) => variables[name] as JsonValue | undefined
    }
    case Kind.LIST: {
      const items = value.values.map(compileValue)
      return (variables) => items.map((item) => item(variables) ?? null)
    }
    case Kind.OBJECT: {
      const members = value.fields.map((field) => [field.name.value, compileValue(field.value)] as const)
      return (variables) => {
        const object = Object.create(null) as JsonObject
        for (const [name, member] of members) {
          const given = member(variables)
          if (given !== undefined) object[name] = given
        }
        return object
      }
    }
    case Kind.NULL:
      return () => null
    case Kind.INT:
    case Kind.FLOAT: {
      // A number that JavaScript cannot tell from its neighbours is told by its digits.
      const { value: digits } = value
      const number = Number(digits)
      const isExact = value.kind === Kind.INT ? Number.isSafeInteger(number) : String(number) === digits
      return () => (isExact ? number : digits)
    }
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM: {
      const given = value.value
      return () => given
    }
  }
}

type Piece = string | ((variables: Variables) => string)

function writeField(field: FieldNode, pieces: Piece[]): void {
  const { alias, name, arguments: given = [], directives = [], selectionSet } = field
  pieces.push(alias ? `${alias.value}:${name.value}` : name.value)
  const sorted = given.toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1))
  for (const [index, argument] of sorted.entries()) {
    pieces.push(`${index === 0 ? '(' : ','}${argument.name.value}:`, valuePiece(argument.value))
  }
  if (sorted.length > 0) pieces.push(')')
  writeDirectives(directives, pieces)
  if (selectionSet) writeSelections(selectionSet, pieces)
}

function writeDirectives(directives: readonly DirectiveNode[], pieces: Piece[]): void {
  for (const directive of directives) {
    pieces.push(`@${directive.name.value}`)
    for (const argument of directive.arguments ?? []) pieces.push(':', valuePiece(argument.value))
  }
}

function writeSelections({ selections }: SelectionSetNode, pieces: Piece[]): void {
  pieces.push('{')
  for (const [index, selection] of selections.entries()) {
    if (index > 0) pieces.push(' ')
    if (selection.kind === Kind.FIELD) {
      writeField(selection, pieces)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const { typeCondition, selectionSet, directives = [] } = selection
      pieces.push(`...${typeCondition?.name.value ?? ''}`)
      writeDirectives(directives, pieces)
      writeSelections(selectionSet, pieces)
    } else {
      throw new Error('a key is made of a field whose fragments have been written out')
    }
  }
  pieces.push('}')
}

function valuePiece(value: ValueNode): Piece {
  const compiled = compileValue(value)
  if (!hasVariable(value)) return canonicalJson(compiled({}) ?? null)
  return (variables) => {
    const given = compiled(variables)
    return given === undefined ? '' : canonicalJson(given)
  }
}

export function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true
  if (value.kind === Kind.LIST) return value.values.some(hasVariable)
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value))
}

function join(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece
    else joined.push(piece)
  }
  return joined
}
