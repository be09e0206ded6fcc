import { MonogramError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Condition } from './mapping.ts'
import { RowMistake, type Row } from './row.ts'
import type { ColumnRef, Template } from './template.ts'

/** Finds a column in the header; what it does about one that is missing is up to whoever made it. */
export type FindColumn = (name: string) => number

/** The value for a group of rows (one row or more); undefined leaves the member out. Throws RowMistake. */
export type Evaluate = (rows: readonly Row[]) => JsonValue | undefined

export type Test = (fields: readonly string[]) => boolean

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/
const BOOLEANS: Record<string, boolean> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

/** Resolves columns once, so that a row costs no look-up by name. */
export function compileTemplate(template: Template, find: FindColumn): Evaluate {
  switch (template.kind) {
    case 'constant':
      return () => template.value
    case 'column':
      return compileColumn(template, find)
    case 'lines': {
      const item = compileTemplate(template.item, find)
      return (rows) => {
        const items: JsonValue[] = []
        for (const row of rows) {
          const value = item([row])
          if (value !== undefined) items.push(value)
        }
        return items
      }
    }
    case 'object': {
      const members = template.members.map(([key, member]) => ({
        key,
        evaluate: compileTemplate(member, find),
      }))
      return (rows) => {
        const object: JsonObject = {}
        for (const { key, evaluate } of members) {
          const value = evaluate(rows)
          if (value !== undefined) object[key] = value
        }
        return object
      }
    }
  }
}

/** A column of a group is the value of its first row that has one. */
function compileColumn(ref: ColumnRef, find: FindColumn): Evaluate {
  const index = find(ref.column)
  const text = compileText(ref)
  return (rows) => {
    for (const row of rows) {
      const value = text(row.fields[index] ?? '')
      if (value !== '') return convert(value, ref, row.line)
    }
    return undefined
  }
}

function compileText({ trim, lowerCase, removePrefix, removeSuffix }: ColumnRef): (text: string) => string {
  return (given) => {
    let text = trim ? given.trim() : given
    if (lowerCase) text = text.toLowerCase()
    if (removePrefix !== undefined && text.startsWith(removePrefix)) text = text.slice(removePrefix.length)
    if (removeSuffix !== undefined && text.endsWith(removeSuffix)) text = text.slice(0, -removeSuffix.length)
    return text
  }
}

function convert(text: string, { column, as, negate }: ColumnRef, line: number): JsonValue {
  if (as === 'text') return text
  if (as === 'number') {
    const number = parseDecimal(text)
    if (number === null) throw new RowMistake(line, `${column}: expected a number, got ${quote(text)}`)
    return negate ? 0 - number : number
  }
  const value = BOOLEANS[text.trim().toLowerCase()]
  if (value === undefined) throw new RowMistake(line, `${column}: expected true or false, got ${quote(text)}`)
  return value
}

/** All of the conditions hold. */
export function compileConditions(conditions: readonly Condition[], find: FindColumn): Test {
  const tests = conditions.map((condition) => compileCondition(condition, find))
  return (fields) => tests.every((test) => test(fields))
}

function compileCondition(condition: Condition, find: FindColumn): Test {
  const { column, equals, oneOf, startsWith, endsWith, empty, greaterThan, lessThan, not } = condition
  const index = find(column)
  const tests: ((text: string) => boolean)[] = []
  if (equals !== undefined) tests.push((text) => text === equals)
  if (oneOf) tests.push((text) => oneOf.includes(text))
  if (startsWith !== undefined) tests.push((text) => text.startsWith(startsWith))
  if (endsWith !== undefined) tests.push((text) => text.endsWith(endsWith))
  if (empty !== undefined) tests.push((text) => (text.trim() === '') === empty)
  if (greaterThan !== undefined) tests.push((text) => (parseDecimal(text) ?? NaN) > greaterThan)
  if (lessThan !== undefined) tests.push((text) => (parseDecimal(text) ?? NaN) < lessThan)
  return (fields) => tests.every((test) => test(fields[index] ?? '')) !== not
}

/** Null for what is not a plain decimal: no exponent, no `Infinity`, no separators of thousands. */
export function parseDecimal(text: string): number | null {
  const trimmed = text.trim()
  return DECIMAL.test(trimmed) ? Number(trimmed) : null
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** Collects what is missing, so that all of it is told at once: IMPORT_COLUMN_MISSING. */
export function columnFinder(header: readonly string[]): { find: FindColumn; check: () => void } {
  const missing = new Set<string>()
  return {
    find(name) {
      const index = header.indexOf(name)
      if (index < 0) missing.add(name)
      return index
    },
    check() {
      if (missing.size === 0) return
      throw new MonogramError(
        'IMPORT_COLUMN_MISSING',
        `the mapping names ${list([...missing])}, which the file does not have; its columns are ${list(header)}`,
      )
    },
  }
}

function list(names: readonly string[]): string {
  return names.slice(0, 50).map(quote).join(', ')
}
