import { z } from 'zod'
import { isJsonObject } from '../../core/json.ts'

/** What stands for a value in a mapping: a constant, a column, one item for each row of the group, or an object of these. */
export type Template =
  | { kind: 'constant'; value: string | number | boolean }
  | ({ kind: 'column' } & ColumnRef)
  | { kind: 'lines'; item: Template }
  | { kind: 'object'; members: [string, Template][] }

export interface TemplateMistake {
  path: readonly string[]
  message: string
}

const columnRef = z.strictObject({
  column: z.string().min(1),
  as: z.enum(['text', 'number', 'boolean']).default('text'),
  trim: z.boolean().default(false),
  lowerCase: z.boolean().default(false),
  removePrefix: z.string().min(1).optional(),
  removeSuffix: z.string().min(1).optional(),
  negate: z.boolean().default(false),
})
export type ColumnRef = z.infer<typeof columnRef>

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const MAX_DEPTH = 10

/** Every mistake is told with its path; the template is only good when there is none. */
export function parseTemplate(value: unknown): { template: Template; mistakes: TemplateMistake[] } {
  const mistakes: TemplateMistake[] = []
  return { template: read(value, []), mistakes }

  function read(value: unknown, path: readonly string[]): Template {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'constant', value }
    }
    if (!isJsonObject(value) || path.length > MAX_DEPTH) {
      return mistake(path, `expected a constant, {"column": …}, {"lines": …} or an object of these`)
    }
    if ('column' in value) return readColumn(value, path)
    if ('lines' in value) return readLines(value, path)
    const members = Object.keys(value).map((key): [string, Template] => {
      if (FORBIDDEN.has(key)) return [key, mistake([...path, key], 'this name is never accepted')]
      return [key, read(value[key], [...path, key])]
    })
    return { kind: 'object', members }
  }

  function readColumn(value: object, path: readonly string[]): Template {
    const parsed = columnRef.safeParse(value)
    if (parsed.success) return { kind: 'column', ...parsed.data }
    for (const issue of parsed.error.issues) mistake([...path, ...issue.path.map(String)], issue.message)
    return { kind: 'constant', value: '' }
  }

  function readLines(value: { [key: string]: unknown }, path: readonly string[]): Template {
    const others = Object.keys(value).filter((key) => key !== 'lines')
    if (others.length > 0) mistake(path, `"lines" stands alone, got ${others.join(', ')} beside it`)
    if (path.includes('lines')) mistake(path, 'lines cannot hold lines')
    return { kind: 'lines', item: read(value['lines'], [...path, 'lines']) }
  }

  function mistake(path: readonly string[], message: string): Template {
    mistakes.push({ path, message })
    return { kind: 'constant', value: '' }
  }
}
