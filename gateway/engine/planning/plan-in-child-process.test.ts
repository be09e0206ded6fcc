import { QueryPlanner } from '@graphql-hive/router-query-planner'
import { expect, test } from 'vitest'
import { createShopGraph } from '../../../tests/support/shop-graph.ts'
import { planInChildProcess } from './plan-in-child-process.ts'

const { supergraphSdl } = createShopGraph()
const HARMLESS = {
  document: '{ person(id: "1") { name } }',
  operationName: undefined,
  activeLabels: [],
  percentage: 0,
}
/** A field of an interface object and one with `@requires`, on one entity: the planner aborts its process. */
const ABORTING = {
  ...HARMLESS,
  document: '{ topProducts { owner { greeting rating orders { id } } } }',
}

test('gives the plans that the planner gives in this process', async () => {
  await using source = planInChildProcess(supergraphSdl, 10_000)
  const expected = new QueryPlanner(supergraphSdl).plan(HARMLESS.document, undefined, new Set(), 0)
  expect(await source.plan(HARMLESS)).toEqual(JSON.parse(JSON.stringify(expected)))
})

test('survives a document that aborts the planner, and plans those that came with it', async () => {
  await using source = planInChildProcess(supergraphSdl, 10_000)
  const outcomes = await Promise.allSettled([
    source.plan(HARMLESS),
    source.plan(ABORTING),
    source.plan(HARMLESS),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[1]).toMatchObject({ reason: { message: expect.stringMatching(/^the planner ended/) } })
})

test('ends the planner when it takes longer than it may', async () => {
  await using source = planInChildProcess(supergraphSdl, 0)
  await expect(source.plan(HARMLESS)).rejects.toThrow('the planner had no plan within 0 ms')
})

test('says what the planner says against a document', async () => {
  await using source = planInChildProcess(supergraphSdl, 10_000)
  await expect(source.plan({ ...HARMLESS, document: '{ nothing }' })).rejects.toThrow(/nothing/)
})
