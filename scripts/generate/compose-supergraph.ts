import { composeServices, compositionHasErrors } from '@theguild/federation-composition'
import { parse, print } from 'graphql'

export interface SubgraphSource {
  name: string
  sdl: string
}

/**
 * The supergraph that a gateway plans with, and the schema that clients see. The addresses in it are placeholders:
 * a gateway that has its subgraphs in process, or is told where they are, does not read them.
 *
 * @throws Error that lists every mistake of the composition.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSource[]): { supergraph: string; api: string } {
  const result = composeServices(
    subgraphs.map(({ name, sdl }) => ({
      name,
      url: `http://${name}.internal/graphql`,
      typeDefs: parse(sdl),
    })),
  )
  if (compositionHasErrors(result)) {
    const mistakes = result.errors.map((error) => `  - ${error.message}`).join('\n')
    throw new Error(`The subgraphs do not compose:\n${mistakes}`)
  }
  return {
    supergraph: result.supergraphSdl,
    api: print(result.publicDocumentNode),
  }
}
