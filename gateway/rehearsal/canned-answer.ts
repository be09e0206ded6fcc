import {
  buildASTSchema,
  getNamedType,
  GraphQLError,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'

/** What a subgraph would answer to a document if it knew everything: an object, as `data`. */
export type CannedAnswer = (
  document: string,
  variables: Readonly<Record<string, unknown>>,
) => Record<string, unknown>

const ITEMS = 2

/**
 * Answers what any subgraph of a supergraph may be asked, with values of the right kinds: lists of two, the first type that is
 * possible, and in an entity what its representation says. Throws GraphQLError for a document that does not fit.
 */
export function createCannedAnswers(supergraphSdl: string): CannedAnswer {
  let schema: GraphQLSchema | undefined
  const documents = new Map<string, DocumentNode>()

  return (text, variables) => {
    schema ??= buildASTSchema(parse(supergraphSdl, { noLocation: true }), {
      assumeValid: true,
      assumeValidSDL: true,
    })
    let document = documents.get(text)
    if (!document) documents.set(text, (document = parse(text, { noLocation: true })))
    return new Canning(schema, document, variables).answer()
  }
}

class Canning {
  readonly #schema: GraphQLSchema
  readonly #document: DocumentNode
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  #count = 0

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema
    this.#document = document
    this.#variables = variables
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition)
    }
  }

  answer(): Record<string, unknown> {
    const operation = this.#document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new GraphQLError('there is no operation')
    const root = this.#schema.getRootType(operation.operation)
    return this.#object(root ?? undefined, operation.selectionSet, {})
  }

  #object(
    type: GraphQLNamedType | undefined,
    selections: SelectionSetNode,
    known: Readonly<Record<string, unknown>>,
    target: Record<string, unknown> = {},
  ): Record<string, unknown> {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        target[selection.alias?.value ?? selection.name.value] = this.#field(type, selection, known)
        continue
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value)
      if (fragment && this.#applies(type, fragment.typeCondition?.name.value)) {
        this.#object(type, fragment.selectionSet, known, target)
      }
    }
    return target
  }

  #applies(type: GraphQLNamedType | undefined, condition: string | undefined): boolean {
    if (condition === undefined || condition === type?.name) return true
    const asked = this.#schema.getType(condition)
    return isAbstractType(asked) && isObjectType(type) && this.#schema.isSubType(asked, type)
  }

  #field(
    type: GraphQLNamedType | undefined,
    field: FieldNode,
    known: Readonly<Record<string, unknown>>,
  ): unknown {
    const name = field.name.value
    if (name === '__typename') return type?.name
    if (name === '_entities') return this.#entities(field)
    if (Object.hasOwn(known, name) && !field.selectionSet) return known[name]
    if (!isObjectType(type) && !isInterfaceType(type)) throw new GraphQLError(`${name} is of no object`)
    const definition = type.getFields()[name]
    if (!definition) throw new GraphQLError(`${type.name} has no field ${name}`)
    return this.#value(definition.type, field.selectionSet)
  }

  #entities({ arguments: given, selectionSet }: FieldNode): unknown[] {
    const value = given?.find(({ name }) => name.value === 'representations')?.value
    const held = value?.kind === Kind.VARIABLE ? this.#variables[value.name.value] : []
    if (!Array.isArray(held) || !selectionSet) throw new GraphQLError('_entities without representations')
    return held.map((representation: Record<string, unknown>) =>
      this.#object(this.#schema.getType(String(representation['__typename'])), selectionSet, representation),
    )
  }

  #value(type: GraphQLOutputType, selections: SelectionSetNode | undefined): unknown {
    if (isNonNullType(type)) return this.#value(type.ofType as GraphQLOutputType, selections)
    if (isListType(type)) {
      return Array.from({ length: ITEMS }, () => this.#value(type.ofType, selections))
    }
    const named = getNamedType(type)
    if (isEnumType(named)) return named.getValues()[0]?.name
    if (!selections) return this.#scalar(named.name)
    const concrete = isAbstractType(named) ? (this.#schema.getPossibleTypes(named)[0] ?? named) : named
    return this.#object(concrete, selections, {})
  }

  #scalar(name: string): unknown {
    const n = ++this.#count
    switch (name) {
      case 'Int':
        return n
      case 'Float':
        return n + 0.5
      case 'Boolean':
        return true
      default:
        return `rehearsal-${n}`
    }
  }
}
