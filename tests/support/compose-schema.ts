import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'

const require = createRequire(import.meta.url)

/**
 * What the JSON schema of the Compose Specification (https://github.com/compose-spec/compose-spec, `schema/compose-spec.json`)
 * has against a file; nothing when it is one. A linter of such files carries the schema along.
 */
export function composeMistakes(content: unknown): string[] {
  const folder = dirname(require.resolve('dclint/package.json'))
  const { $schema, ...schema } = JSON.parse(
    readFileSync(join(folder, 'schemas', 'compose.schema.json'), 'utf8'),
  ) as Record<string, unknown>
  // The name of draft 7 is written in a way that ajv does not know; the draft is its default.
  if (!String($schema).includes('draft-07'))
    throw new Error(`the schema is of another draft: ${String($schema)}`)
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  const validate = ajv.compile(schema)
  if (validate(content)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message = '', params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  )
}
