import { parseAnswer, readWith } from '../../../transports/parse-answer.ts'
import type { SubgraphClient } from '../../../subgraph-client.ts'

/** A subgraph in process as if over a network, whose answers are changed on their way. */
export interface TextSubgraph extends SubgraphClient {
  /** How many answers were read without being parsed. */
  readonly readAsText: number
}

/**
 * @param change what comes instead of an answer
 * @param isReading false parses every answer
 */
export function textSubgraph(
  inner: SubgraphClient,
  change: (answer: string) => string,
  isReading: boolean,
): TextSubgraph {
  let readAsText = 0
  return {
    speaksText: true,
    get readAsText() {
      return readAsText
    },
    async execute({ variablesJson, readText, ...request }) {
      const variables = variablesJson === undefined ? {} : { variables: JSON.parse(variablesJson) }
      const result = await inner.execute({ ...request, ...variables })
      const text = change(JSON.stringify(result))
      const answer = { status: 200, contentType: 'application/json', text }
      const read = isReading && readText ? readWith(readText, answer) : null
      if (read) readAsText++
      return read ?? parseAnswer('test', answer)
    },
    subscribe: (request) => inner.subscribe(request),
  }
}
