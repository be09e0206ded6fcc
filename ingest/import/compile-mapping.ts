import type { JsonObject } from '../../core/json.ts'
import { toMinorUnits } from '../../core/money.ts'
import type { ProductFields } from '../../core/products/product.ts'
import {
  columnFinder,
  compileConditions,
  compileTemplate,
  quote,
  type Evaluate,
  type FindColumn,
  type Test,
} from './compile-template.ts'
import type { Mapping, ProductTemplate } from './mapping.ts'
import { RowMistake, type Row } from './row.ts'
import { compileTimeFormat } from './time-format.ts'

/** What one row says about a product, from `at` on. */
export interface ProductNews {
  id: string
  at: number
  fields: Partial<ProductFields>
}

/** A mapping bound to the columns of one file. */
export interface CompiledMapping {
  columns: number
  /** Whether the mapping puts rows together at all. */
  grouped: boolean
  /** What the rows of one event have in common, never empty; null when it is missing. Without grouping, the row itself. */
  groupKey(row: Row): string | null
  /** False: no rule is for this row, or the column that an event needs is empty; it counts as skipped. */
  hasEvent(row: Row): boolean
  /** The event of a group of rows that have one, in the order of the file; the first row says by which rule. Throws RowMistake. */
  toEvent(rows: readonly Row[]): JsonObject
  /** Null when the row says nothing about a product. Throws RowMistake. */
  toProduct(row: Row): ProductNews | null
}

/** IMPORT_COLUMN_MISSING names all columns of the mapping that the header lacks. */
export function compileMapping(mapping: Mapping, header: readonly string[]): CompiledMapping {
  const { find, check } = columnFinder(header)
  const groupIndex = mapping.groupBy === undefined ? null : find(mapping.groupBy)
  const neededIndex = mapping.skipEventWhenEmpty === undefined ? null : find(mapping.skipEventWhenEmpty)
  const time = compileTime(mapping, find)
  const rules = mapping.events.map(({ when, event }) => compileRule(when, event, find))
  const toProduct = mapping.product ? compileProduct(mapping.product, time, find) : () => null
  check()

  return {
    columns: header.length,
    grouped: groupIndex !== null,
    groupKey({ fields }) {
      return groupIndex === null ? fields.join('\u001f') : fields[groupIndex] || null
    },
    hasEvent({ fields }) {
      if (neededIndex !== null && (fields[neededIndex] ?? '').trim() === '') return false
      return rules.some(({ applies }) => applies(fields))
    },
    toEvent(rows) {
      const first = rows[0]
      const rule = first && rules.find(({ applies }) => applies(first.fields))
      if (!rule) throw new Error('rows without an event were grouped')
      const event = rule.build(rows)
      if (event['messageId'] === undefined) throw new RowMistake(first.line, 'the messageId is empty')
      event['timestamp'] = new Date(earliest(rows, time)).toISOString()
      return event
    },
    toProduct,
  }
}

type RowTime = (row: Row) => number

function compileTime({ time: { column, format, zone } }: Mapping, find: FindColumn): RowTime {
  const index = find(column)
  const parse = compileTimeFormat(format, zone)
  if (!parse) throw new Error('a parsed mapping has a time format that compiles')
  return ({ line, fields }) => {
    const text = fields[index] ?? ''
    const at = parse(text)
    if (at === null) throw new RowMistake(line, `${column}: expected ${format}, got ${quote(text)}`)
    return at
  }
}

function earliest(rows: readonly Row[], time: RowTime): number {
  let at = Infinity
  for (const row of rows) at = Math.min(at, time(row))
  return at
}

function compileRule(
  when: Mapping['events'][number]['when'],
  { type, ...templates }: Mapping['events'][number]['event'],
  find: FindColumn,
): { applies: Test; build: (rows: readonly Row[]) => JsonObject } {
  const members = Object.entries(templates).flatMap(
    ([name, template]): { name: string; value: Evaluate }[] =>
      template ? [{ name, value: compileTemplate(template, find) }] : [],
  )
  return {
    applies: compileConditions(when, find),
    build(rows) {
      const event: JsonObject = { type }
      for (const { name, value } of members) {
        const given = value(rows)
        if (given !== undefined) event[name] = given
      }
      return event
    },
  }
}

const TEXT_FIELDS = ['title', 'url', 'image', 'category'] as const

function compileProduct(
  product: ProductTemplate,
  time: RowTime,
  find: FindColumn,
): (row: Row) => ProductNews | null {
  const compile = (name: Exclude<keyof ProductTemplate, 'when'>): Evaluate | null =>
    product[name] ? compileTemplate(product[name], find) : null
  const applies = compileConditions(product.when, find)
  const id = compile('id')
  const texts = TEXT_FIELDS.map((name) => ({ name, value: compile(name) }))
  const price = compile('price')
  const currency = compile('currency')
  const inStock = compile('inStock')

  return (row) => {
    if (!applies(row.fields)) return null
    const rows = [row]
    const named = id?.(rows)
    if (named === undefined || named === null || typeof named === 'object') return null
    const fields: Partial<ProductFields> = {}
    for (const { name, value } of texts) {
      const text = value?.(rows)
      if (typeof text === 'string') fields[name] = text
    }
    const stock = inStock?.(rows)
    if (typeof stock === 'boolean') fields.inStock = stock
    setPrice(fields, price?.(rows), currency?.(rows))
    return { id: String(named), at: time(row), fields }
  }
}

/** An amount means nothing without its currency; one that is no amount is left out. */
function setPrice(fields: Partial<ProductFields>, amount: unknown, currency: unknown): void {
  if ((typeof amount !== 'number' && typeof amount !== 'string') || typeof currency !== 'string') return
  const minor = toMinorUnits(amount, currency)
  if (minor === null) return
  fields.price = minor
  fields.currency = currency.toUpperCase()
}
