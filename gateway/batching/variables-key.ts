import { canonicalJson, type JsonObject } from '../../core/json.ts'

/** The same for the same coerced variables, in whatever order their keys are. */
export function variablesKey(variables: Readonly<Record<string, unknown>>): string {
  for (const name in variables) {
    if (Object.hasOwn(variables, name)) return canonicalJson(variables as JsonObject)
  }
  return ''
}
