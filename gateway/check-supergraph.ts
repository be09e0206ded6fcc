import { GraphQLError, Kind, parse, Source, visit, type DocumentNode } from 'graphql'
import { validateSDL } from 'graphql/validation/validate.js'
import { MonogramError } from '../core/errors.ts'
import { graphsOf, type GraphOfSupergraph } from './find-subgraph.ts'

/**
 * The subgraphs of a supergraph of Federation 2. Throws SUPERGRAPH_INVALID with a line for each mistake, each naming
 * file and line: the planner, which reads the text next, is native code and says less.
 *
 * @param file how the text is called in messages
 */
export function checkSupergraph(text: string, file: string): GraphOfSupergraph[] {
  if (text.replace(COMMENTS, '').trim() === '') {
    const got = text === '' ? 'an empty file' : 'one with spaces and comments alone'
    throw new MonogramError(
      'SUPERGRAPH_INVALID',
      `${file}: expected a composed supergraph, got ${got}: ${COMPOSE} and write what that gives here`,
    )
  }
  const document = parseText(text, file)
  const graphs = graphsOf(document)
  if (graphs.length === 0) {
    throw new MonogramError(
      'SUPERGRAPH_INVALID',
      `${file}: expected a composed supergraph, found no enum join__Graph with its subgraphs: ${COMPOSE} first`,
    )
  }
  const known = new Set(graphs.map(({ enumValue }) => enumValue))
  const mistakes = [...unknownGraphs(document, known), ...validateSDL(document)]
  if (mistakes.length === 0) return graphs
  throw new MonogramError('SUPERGRAPH_INVALID', mistakes.map((error) => at(file, error)).join('\n'))
}

const COMPOSE = "compose the subgraphs' schemas"

const COMMENTS = /#[^\r\n]*/g

function parseText(text: string, file: string): DocumentNode {
  try {
    return parse(new Source(text, file))
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw new MonogramError('SUPERGRAPH_INVALID', at(file, error), { cause: error })
  }
}

/** graphql-js checks that directives and types exist, but takes any name as the value of an enum. */
function unknownGraphs(document: DocumentNode, known: ReadonlySet<string>): GraphQLError[] {
  const mistakes: GraphQLError[] = []
  visit(document, {
    Directive(directive) {
      if (!directive.name.value.startsWith('join__')) return
      for (const { name, value } of directive.arguments ?? []) {
        if (name.value !== 'graph' || value.kind !== Kind.ENUM || known.has(value.value)) continue
        mistakes.push(
          new GraphQLError(
            `@${directive.name.value} names the subgraph ${value.value}, which join__Graph does not have`,
            { nodes: value },
          ),
        )
      }
    },
  })
  return mistakes
}

function at(file: string, { message, locations }: GraphQLError): string {
  const [place] = locations ?? []
  return place ? `${file}:${place.line}:${place.column}: ${message}` : `${file}: ${message}`
}
