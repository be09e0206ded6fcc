import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createShopGraph } from '../../tests/support/shop-graph.ts'
import { loadDocuments, type TrustedDocument } from '../documents/load-documents.ts'
import { createHttpSubgraph } from '../transports/http-subgraph.ts'
import { serveCannedAnswers, type CannedManner } from './canned-server.ts'
import { rehearse } from './rehearse.ts'

test('renders each document in each manner against stand-ins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'monogram-rehearsal-'))
  try {
    await writeFile(join(folder, 'one.graphql'), 'query One($id: ID!) { person(id: $id) { name email } }')
    await writeFile(join(folder, 'two.graphql'), '{ topProducts { title } }')
    const { supergraphSdl } = createShopGraph()
    await using canned = await serveCannedAnswers(supergraphSdl)
    await using people = createHttpSubgraph({ name: 'people', url: canned.url })
    await using orders = createHttpSubgraph({ name: 'orders', url: canned.url })
    await using catalog = createHttpSubgraph({ name: 'catalog', url: canned.url })
    const { gateway } = createShopGraph({}, { subgraphs: { people, 'order-book': orders, catalog } })
    const documents = await loadDocuments({ path: folder, gateway, byField: new Map() })
    const seen: string[] = []
    let manner: CannedManner = 'answers'
    const watched = {
      names: documents.names,
      find(id: string) {
        const document = documents.find(id)
        return document && { ...document, execute: watch(document.name, document.execute.bind(document)) }
      },
    }
    await rehearse({
      documents: watched,
      schema: gateway.schema,
      behave: (next) => {
        canned.manner = manner = next
      },
      isLive: true,
    })
    expect(new Set(seen)).toEqual(
      new Set([
        'one answers: fresh',
        'two answers: fresh',
        'one errors: degraded',
        'two errors: degraded',
        'one silence: degraded',
        'two silence: degraded',
      ]),
    )

    function watch(name: string, execute: TrustedDocument['execute']): TrustedDocument['execute'] {
      return async (variables, context) => {
        const answer = await execute(variables, context)
        const isFresh = answer.kind === 'answered' && answer.degraded.length === 0
        seen.push(`${name} ${manner}: ${isFresh ? 'fresh' : 'degraded'}`)
        return answer
      }
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
