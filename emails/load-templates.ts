import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { compileTemplate, type CompileTemplate } from './compiled-cache.ts'
import { tidyText } from './html-to-text.ts'
import { createLiquid } from './liquid.ts'
import { checkQuery } from './template-query.ts'
import { templateInvalid } from './template-invalid.ts'
import type { EmailTemplate, EmailTemplates } from './template.ts'

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/

const Settings = z.strictObject({
  subject: z.string().min(1),
  description: z.string().min(1),
  language: z.string().refine(isLanguage, 'expected a language tag such as en-GB').default('en'),
})

/**
 * Reads and compiles every template of a folder: `<name>.mjml`, its query `<name>.graphql` and its settings
 * `<name>.json`. With a schema, the queries are checked against it; `compile` may know what was compiled before.
 *
 * @throws MonogramError TEMPLATE_INVALID naming file and line of the first mistake.
 */
export async function loadTemplates(
  folder: string,
  options: { schema?: GraphQLSchema; compile?: CompileTemplate } = {},
): Promise<EmailTemplates> {
  const files = await readdir(folder)
  const names = files.filter((file) => file.endsWith('.mjml')).map((file) => file.slice(0, -'.mjml'.length))
  const templates = new Map<string, EmailTemplate>()
  for (const name of names.sort()) templates.set(name, await loadTemplate(folder, name, options))
  return templates
}

async function loadTemplate(
  folder: string,
  name: string,
  { schema, compile = compileTemplate }: { schema?: GraphQLSchema; compile?: CompileTemplate },
): Promise<EmailTemplate> {
  const path = (extension: string): string => join(folder, `${name}.${extension}`)
  if (!NAME.test(name))
    throw templateInvalid(
      path('mjml'),
      null,
      'a template is named with small letters, digits and single hyphens',
    )
  const [mjml, query, json] = await Promise.all([
    readTemplateFile(path('mjml')),
    readTemplateFile(path('graphql')),
    readTemplateFile(path('json')),
  ])
  checkQuery(query, path('graphql'), schema)
  const settings = parseSettings(json, path('json'))
  const liquid = createLiquid(settings.language)
  /* First as written, so that a mistake is told with its own line: the compiled page has other ones. */
  liquid.text(mjml, path('mjml'))
  const compiled = await compile(mjml, path('mjml'))
  const subject = liquid.text(settings.subject, path('json'))
  const text = liquid.text(compiled.text, path('mjml'))
  return {
    name,
    description: settings.description,
    language: settings.language,
    query,
    subject: (values) => singleLine(subject(values)),
    html: liquid.html(compiled.html, path('mjml')),
    text: (values) => tidyText(text(values)),
  }
}

async function readTemplateFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw templateInvalid(
      path,
      null,
      `cannot be read (${(cause as NodeJS.ErrnoException).code}); a template is a .mjml, a .graphql and a .json file`,
      cause,
    )
  })
}

function parseSettings(json: string, file: string): z.infer<typeof Settings> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw templateInvalid(file, null, (error as Error).message, error)
  }
  const result = Settings.safeParse(value)
  if (result.success) return result.data
  const mistakes = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'settings'}: ${message}`,
  )
  throw templateInvalid(file, null, mistakes.join('; '))
}

/** A subject is a header: one line, no control characters, whatever the values hold. */
function singleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
