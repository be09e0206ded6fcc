import type { DirectiveNode } from 'graphql'
import type { CachedField } from './cached-fetch.ts'
import { compileValue } from './field-key.ts'

/** `@skip` and `@include` of a field of the entity itself; null for any other directive. */
export function compileConditions(directives: readonly DirectiveNode[]): CachedField['isIncluded'] | null {
  const conditions = directives.map((directive) => {
    const name = directive.name.value
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value
    if ((name !== 'skip' && name !== 'include') || !value) return null
    const compiled = compileValue(value)
    return (variables: Readonly<Record<string, unknown>>) =>
      (compiled(variables) === true) === (name === 'include')
  })
  if (conditions.length === 0) return always
  return conditions.includes(null)
    ? null
    : (variables) => conditions.every((condition) => condition?.(variables))
}

/** Without conditions. */
export function always(): boolean {
  return true
}
