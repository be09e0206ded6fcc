import { Kind, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql'

/**
 * The names under which a supergraph may have a directive: its own, and those that a `@link` gives it: by an import
 * (`{ name: "@cost", as: "@price" }`), by calling the feature otherwise (`as: "signedIn"`), or as a member of the
 * feature (`cost__listSize`).
 */
export function directiveNames(document: DocumentNode, directive: string): ReadonlySet<string> {
  const names = new Set([directive])
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue
    for (const link of definition.directives ?? []) {
      if (link.name.value !== 'link') continue
      const imported = importedAs(link, directive)
      if (imported !== undefined) names.add(imported)
      const feature = featureOf(textOf(link, 'url') ?? '')
      const namespace = textOf(link, 'as') ?? feature
      if (feature === directive && namespace !== undefined) names.add(namespace)
      else if (namespace !== undefined) names.add(`${namespace}__${directive}`)
    }
  }
  return names
}

/** `https://specs.apollo.dev/cost/v0.1` is of the feature `cost`. */
function featureOf(url: string): string | undefined {
  return /\/([^/]+)\/v\d+(?:\.\d+)*\/?$/.exec(url)?.[1]
}

function importedAs(link: ConstDirectiveNode, name: string): string | undefined {
  const imports = argumentOf(link, 'import')
  if (imports?.kind !== Kind.LIST) return undefined
  for (const item of imports.values) {
    if (item.kind !== Kind.OBJECT) continue
    const member = (key: string) => item.fields.find((field) => field.name.value === key)?.value
    const original = member('name')
    const renamed = member('as')
    if (original?.kind !== Kind.STRING || original.value !== `@${name}`) continue
    if (renamed?.kind === Kind.STRING) return renamed.value.replace(/^@/, '')
  }
  return undefined
}

function textOf(directive: ConstDirectiveNode, argument: string): string | undefined {
  const value = argumentOf(directive, argument)
  return value?.kind === Kind.STRING ? value.value : undefined
}

export function argumentOf(directive: ConstDirectiveNode, argument: string): ConstValueNode | undefined {
  return directive.arguments?.find(({ name }) => name.value === argument)?.value
}
