import { z } from 'zod'
import { EVENT_TYPES } from '../../core/events/event.ts'
import { MonogramError } from '../../core/errors.ts'
import { parseTemplate, type Template } from './template.ts'
import { compileTimeFormat } from './time-format.ts'

const column = z.string().min(1)
const template = z.unknown().transform((value, context): Template => {
  const { template, mistakes } = parseTemplate(value)
  for (const { path, message } of mistakes) {
    context.issues.push({ code: 'custom', input: value, path: [...path], message })
  }
  return template
})

const condition = z
  .strictObject({
    column,
    equals: z.string().optional(),
    oneOf: z.array(z.string()).min(1).optional(),
    startsWith: z.string().min(1).optional(),
    endsWith: z.string().min(1).optional(),
    empty: z.boolean().optional(),
    greaterThan: z.number().optional(),
    lessThan: z.number().optional(),
    not: z.boolean().default(false),
  })
  .refine((given) => Object.keys(given).length > 2, {
    error: 'expected a test: equals, oneOf, startsWith, endsWith, empty, greaterThan or lessThan',
  })
const when = z.array(condition).default([])

const event = z.strictObject({
  type: z.enum(EVENT_TYPES),
  event: template.optional(),
  name: template.optional(),
  userId: template.optional(),
  anonymousId: template.optional(),
  groupId: template.optional(),
  previousId: template.optional(),
  messageId: template,
  properties: template.optional(),
  traits: template.optional(),
  context: template.optional(),
})

const product = z.strictObject({
  when,
  id: template,
  title: template.optional(),
  price: template.optional(),
  currency: template.optional(),
  url: template.optional(),
  image: template.optional(),
  category: template.optional(),
  inStock: template.optional(),
})

const time = z
  .strictObject({ column, format: z.string().min(1).default('iso'), zone: z.string().min(1).default('UTC') })
  .refine(({ format, zone }) => compileTimeFormat(format, zone) !== null, {
    error:
      'expected a format (iso, epoch-seconds, epoch-milliseconds, or a pattern such as "yyyy-MM-dd HH:mm:ss") ' +
      'and a zone (UTC, +02:00, or a name such as Europe/Berlin)',
  })

const mapping = z
  .strictObject({
    description: z.string().optional(),
    source: z
      .string()
      .regex(/^[\w.-]{1,60}$/)
      .optional(),
    delimiter: z.string().length(1).default(','),
    groupBy: column.optional(),
    skipEventWhenEmpty: column.optional(),
    time,
    events: z.array(z.strictObject({ when, event })).default([]),
    product: product.optional(),
  })
  .refine(({ events, product }) => events.length > 0 || product !== undefined, {
    error: 'expected "events" or "product": without either, nothing would be imported',
  })

/** How the rows of a CSV file become events and products; docs/import.md describes each member. */
export type Mapping = z.infer<typeof mapping>
export type EventTemplate = z.infer<typeof event>
export type ProductTemplate = z.infer<typeof product>
export type Condition = z.infer<typeof condition>

/** IMPORT_MAPPING_INVALID names every mistake, one a line. */
export function parseMapping(value: unknown): Mapping {
  const parsed = mapping.safeParse(value)
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the mapping'}: ${message}`,
  )
  throw new MonogramError('IMPORT_MAPPING_INVALID', mistakes.join('\n'))
}
