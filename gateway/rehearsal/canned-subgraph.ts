import { GraphQLError, type ExecutionResult } from 'graphql'
import type { SubgraphClient } from '../subgraph-client.ts'
import { createCannedAnswers } from './canned-answer.ts'
import type { CannedManner } from './canned-server.ts'

/** Stands for all subgraphs of a supergraph within a process. */
export interface CannedSubgraph {
  client: SubgraphClient
  manner: CannedManner
}

export function createCannedSubgraph(supergraphSdl: string): CannedSubgraph {
  const answerTo = createCannedAnswers(supergraphSdl)
  const canned: CannedSubgraph = {
    manner: 'answers',
    client: {
      execute: ({ document, variables = {} }) =>
        canned.manner === 'silence' ? SILENCE : Promise.resolve(resultOf(document, variables)),
      subscribe: () => Promise.resolve(FAILED),
    },
  }
  return canned

  function resultOf(document: string, variables: Readonly<Record<string, unknown>>): ExecutionResult {
    return canned.manner === 'answers' ? { data: answerTo(document, variables) } : FAILED
  }
}

const SILENCE = new Promise<never>(() => undefined)
const FAILED: ExecutionResult = { data: null, errors: [new GraphQLError('a rehearsed failure')] }
