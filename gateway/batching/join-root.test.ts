import type { ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import { createRootFetches, type RootCall } from './join-root.ts'
import { ADMIN, fakeSubgraph, OTHER, SHOP, type FakeSubgraph } from './testing/entity-calls.ts'

function rootCall(subgraph: FakeSubgraph, more: Partial<RootCall> = {}): RootCall {
  return {
    subgraph,
    subgraphName: 'shop',
    document: 'query($id:ID!){product(id:$id){title}}',
    operationName: undefined,
    variables: { id: '1' },
    context: { requestId: 'r', principal: SHOP },
    deadlineAt: performance.now() + 10_000,
    isMutation: false,
    ...more,
  }
}

const A_WRITE = { kind: 'version', id: 'p_1', version: 2 } as const

function heldSubgraph() {
  let release: (result: ExecutionResult) => void = () => undefined
  const result = new Promise<ExecutionResult>((resolve) => (release = resolve))
  return { subgraph: fakeSubgraph(() => result), release: (data: object) => release({ data: { ...data } }) }
}

test('the same query under way is joined, by whomever may see the same; afterwards it is asked anew', async () => {
  const { subgraph, release } = heldSubgraph()
  const { fetchRoot, counters } = createRootFetches()
  const calls = [
    fetchRoot(rootCall(subgraph)),
    fetchRoot(rootCall(subgraph, { context: { requestId: 's', principal: OTHER } })),
  ]
  release({ product: { title: 'Mug' } })
  const [first, second] = await Promise.all(calls)
  expect(first).toEqual({ data: { product: { title: 'Mug' } } })
  expect(second).toBe(first)
  await fetchRoot(rootCall(subgraph))
  expect(subgraph.requests).toHaveLength(2)
  expect(counters).toEqual({ sent: 2, joined: 1 })
})

test.each<[string, Partial<RootCall>]>([
  ['other variables', { variables: { id: '2' } }],
  ['another document', { document: '{ a }' }],
  ['another operation', { operationName: 'Q' }],
  ['another class', { context: { requestId: 's', principal: ADMIN } }],
  ['a private selection', { isPrivate: true }],
  ['what must show a write', { context: { requestId: 's', principal: SHOP, after: [A_WRITE] } }],
])('%s is a call of its own', async (_what, more) => {
  const { subgraph, release } = heldSubgraph()
  const { fetchRoot } = createRootFetches()
  const calls = [fetchRoot(rootCall(subgraph)), fetchRoot(rootCall(subgraph, more))]
  release({})
  await Promise.all(calls)
  expect(subgraph.requests).toHaveLength(2)
})

test('mutations are never joined, nor is anything when joining is off', async () => {
  const { subgraph, release } = heldSubgraph()
  const joining = createRootFetches()
  const separate = createRootFetches({ isJoining: false })
  const calls = [
    ...[1, 2].map(() => joining.fetchRoot(rootCall(subgraph, { isMutation: true }))),
    ...[1, 2].map(() => separate.fetchRoot(rootCall(subgraph))),
  ]
  release({})
  await Promise.all(calls)
  expect(subgraph.requests).toHaveLength(4)
  expect(subgraph.requests.every(({ deadlineAt }) => deadlineAt !== undefined)).toBe(true)
})

test('who is late leaves alone; when all have left the call is aborted and joined by nobody', async () => {
  const { subgraph, release } = heldSubgraph()
  const { fetchRoot } = createRootFetches()
  const late = expect.objectContaining({ name: 'SubgraphUnavailable', reason: 'timeout' })
  const controller = new AbortController()
  const leaving = { requestId: 'r', principal: SHOP, signal: controller.signal }
  const impatient = fetchRoot(rootCall(subgraph, { deadlineAt: performance.now() + 15 }))
  const gone = fetchRoot(rootCall(subgraph, { context: leaving }))
  await expect(impatient).rejects.toEqual(late)
  expect(subgraph.requests[0]?.signal?.aborted).toBe(false)
  controller.abort()
  await expect(gone).rejects.toThrow('gone')
  expect(subgraph.requests[0]?.signal?.aborted).toBe(true)
  const next = fetchRoot(rootCall(subgraph))
  release({ product: null })
  expect(await next).toEqual({ data: { product: null } })
  expect(subgraph.requests).toHaveLength(2)
})

test('calls whose answers are read in different ways are not joined', async () => {
  const { subgraph, release } = heldSubgraph()
  const { fetchRoot } = createRootFetches()
  const readText = (): undefined => undefined
  const calls = [undefined, readText, readText].map((read) =>
    fetchRoot({ ...rootCall(subgraph), readText: read }),
  )
  expect(subgraph.requests.map((request) => request.readText)).toEqual([undefined, readText])
  release({})
  await Promise.all(calls)
})
