import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../platform/project-root.ts'
import { createPlanner } from './planner.ts'
import { DEFAULT_QUERY_LIMITS } from './query-limits.ts'

const supergraph = join(projectRoot(import.meta.url), 'schema', 'supergraph.graphql')
const EVERYTHING = { isAuthenticated: true, scopes: ['admin'] as const }

test('keeps what it made of a trusted text through a stream of others that each come twice', async () => {
  await using planner = createPlanner({
    supergraphSdl: await readFile(supergraph, 'utf8'),
    limits: DEFAULT_QUERY_LIMITS,
    maxCachedDocuments: 8,
  })
  const plan = (document: string) => planner.plan(document, undefined, EVERYTHING)
  const [trusted, seldom] = ['query Trusted { __typename }', 'query Seldom { __typename }']
  planner.keep(trusted)
  const [first, other] = [plan(trusted), plan(seldom)]
  for (const [document, planned] of [
    [trusted, first],
    [seldom, other],
  ] as const) {
    expect(plan(document)).toBe(planned)
  }
  for (let index = 0; index < 50; index++) {
    await plan(`query Hostile${index} { __typename }`)
    await plan(`query Hostile${index} { __typename }`)
  }
  expect(plan(trusted)).toBe(first)
  expect(plan(seldom)).not.toBe(other)
  expect(planner.cacheCounts.entries).toBeLessThanOrEqual(8)
})

test('keeps where things stand in a document, and not its tokens', async () => {
  await using planner = createPlanner({
    supergraphSdl: await readFile(supergraph, 'utf8'),
    limits: DEFAULT_QUERY_LIMITS,
  })
  const planned = await planner.plan('query Q { segments { key } }', undefined, EVERYTHING)
  if (planned.kind === 'refused') throw new Error('it was refused')
  const [field] = planned.operation.selectionSet.selections
  expect(field?.loc).toMatchObject({ start: 10, end: 26 })
  expect([planned.document.loc?.startToken, field?.loc?.endToken]).toEqual([undefined, undefined])
})
