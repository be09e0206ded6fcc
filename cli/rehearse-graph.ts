import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { loadDocuments, type TrustedDocuments } from '../gateway/documents/load-documents.ts'
import type { FieldFallbacks } from '../gateway/fallback/fallback-directives.ts'
import { createCannedSubgraph } from '../gateway/rehearsal/canned-subgraph.ts'
import { rehearse } from '../gateway/rehearsal/rehearse.ts'
import { SUBGRAPHS } from '../platform/roles.ts'

export interface RehearseGraphOptions {
  supergraphSdl: string
  documentsPath: string
  byField: FieldFallbacks
  gateway: Gateway
  documents: TrustedDocuments
  /** That all subgraphs are of this process: only those are asked. */
  isLocal: boolean
}

/** Of a start that somebody waits for. */
const MAX_MS = 500

/**
 * Renders the graph's documents before anybody asks for them. Against stand-ins, in a gateway of its own, so that nothing
 * that was made up gets into a cache; then, where they are here, once against the subgraphs themselves, for a person whom
 * nobody knows. Subgraphs of other processes are not asked, since they may be starting as well.
 */
export async function rehearseGraph(options: RehearseGraphOptions): Promise<void> {
  const { supergraphSdl, documentsPath, byField, gateway, documents, isLocal } = options
  const canned = createCannedSubgraph(supergraphSdl)
  await using standIn = createGateway({
    supergraphSdl,
    fallbacks: byField,
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, canned.client])),
  })
  await rehearse({
    documents: await loadDocuments({ path: documentsPath, gateway: standIn, byField }),
    schema: standIn.schema,
    isLive: false,
    maxMs: MAX_MS,
    behave: (manner) => {
      canned.manner = manner
    },
  })
  if (isLocal) await rehearse({ documents, schema: gateway.schema, isLive: true, behave: () => undefined })
}
