import { Liquid, type LiquidError } from 'liquidjs'
import { createFilters } from './filters.ts'
import { templateInvalid } from './template-invalid.ts'

/** Text to put values into. Throws on what only a template's author can have caused. */
export type Render = (values: Record<string, unknown>) => string

export interface LiquidCompiler {
  /** Printed values are escaped for HTML, unless the author writes `| raw`. */
  html: (source: string, file: string) => Render
  /** Printed values are as they are. */
  text: (source: string, file: string) => Render
}

const MAX_TEMPLATE_CHARS = 1_000_000
/** A render takes less than a millisecond; this ends one that an author has made loop over something huge. */
const MAX_RENDER_MS = 1_000
const MAX_NEW_ITEMS = 1_000_000

/**
 * Liquid as e-mails have it: no files, no properties but a value's own, unknown filters refused at once, unknown
 * variables empty, numbers and dates in the language of the template, times in UTC.
 */
export function createLiquid(language: string): LiquidCompiler {
  const html = createEngine(language, { outputEscape: 'escape' })
  const text = createEngine(language, {})
  return {
    html: (source, file) => compile(html, source, file),
    text: (source, file) => compile(text, source, file),
  }
}

function createEngine(language: string, output: { outputEscape?: 'escape' }): Liquid {
  const engine = new Liquid({
    ...output,
    templates: {},
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    parseLimit: MAX_TEMPLATE_CHARS,
    renderLimit: MAX_RENDER_MS,
    memoryLimit: MAX_NEW_ITEMS,
  })
  for (const [name, filter] of Object.entries(createFilters(language))) engine.registerFilter(name, filter)
  return engine
}

function compile(engine: Liquid, source: string, file: string): Render {
  const template = attempt(file, () => engine.parse(source))
  return (values) => attempt(file, () => String(engine.renderSync(template, values)))
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { token, originalError, message } = error as LiquidError
    const line = token?.getPosition()[0] ?? null
    throw templateInvalid(file, line, originalError?.message ?? message.replace(/, line:\d+.*$/s, ''), error)
  }
}
