import { GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { SubgraphUnavailable } from '../transports/subgraph-unavailable.ts'
import { createEntityBatching } from './batch-entities.ts'
import type { EntityAnswer } from './fetch-entities.ts'
import { ADMIN, echo, entityCall, fakeSubgraph, idsOf, OTHER } from './testing/entity-calls.ts'

function idsIn({ parts }: EntityAnswer): unknown[] {
  return parts.flatMap(({ entities }) => entities.map((entity) => entity?.['id'] ?? null))
}

function errorsIn({ parts }: EntityAnswer): unknown[] {
  return parts.flatMap(({ errors }) =>
    [...errors].map(([index, own]) => [index, own.map(({ error, path }) => [error.message, ...path])]),
  )
}

const late = expect.objectContaining({ name: 'SubgraphUnavailable', reason: 'timeout' })
const gone = expect.objectContaining({ name: 'SubgraphUnavailable', reason: 'error' })

test('callers of one turn share a call; what several want is sent once; each gets his own in order', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities, counters } = createEntityBatching()
  const wanted = [['a', 'b'], ['b', 'c', 'a'], [], ['c']]
  const answers = await Promise.all(wanted.map((ids) => fetchEntities(entityCall(subgraph, ids))))
  expect(answers.map(idsIn)).toEqual(wanted)
  expect(subgraph.requests.map(({ variables }) => idsOf(variables))).toEqual([['a', 'b', 'c']])
  expect(counters).toEqual({ batches: 1, callers: 4, representations: 6, duplicates: 3, retries: 0 })
})

test('each turn of the event loop has its own call', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching()
  await fetchEntities(entityCall(subgraph, ['a']))
  await fetchEntities(entityCall(subgraph, ['a']))
  expect(subgraph.requests).toHaveLength(2)
})

test('only calls of one subgraph, document, operation, class and other variables are joined', async () => {
  const subgraph = fakeSubgraph(echo)
  const other = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching()
  await Promise.all([
    fetchEntities(entityCall(subgraph, ['1'])),
    fetchEntities(entityCall(subgraph, ['2'], { context: { requestId: 's', principal: OTHER } })),
    fetchEntities(entityCall(subgraph, ['3'], { context: { requestId: 's', principal: ADMIN } })),
    fetchEntities(entityCall(subgraph, ['4'], { document: 'query Another' })),
    fetchEntities(entityCall(subgraph, ['5'], { operationName: 'Q' })),
    fetchEntities(entityCall(subgraph, ['6'], { variables: { by: { a: 1, b: 2 } } })),
    fetchEntities(entityCall(subgraph, ['7'], { variables: { by: { b: 2, a: 1 } } })),
    fetchEntities(entityCall(subgraph, ['8'], { isPrivate: true })),
    fetchEntities(
      entityCall(subgraph, ['9'], { isPrivate: true, context: { requestId: 's', principal: OTHER } }),
    ),
    fetchEntities(entityCall(other, ['10'])),
  ])
  expect(subgraph.requests.map(({ variables }) => idsOf(variables).join(' ')).toSorted()).toEqual([
    '1 2',
    '3',
    '4',
    '5',
    '6 7',
    '8',
    '9',
  ])
  expect(other.requests).toHaveLength(1)
})

test('who must see a write is asked for alone, also beside another who must see it', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching()
  const after = [{ kind: 'version', id: 'p_1', version: 2 } as const]
  const context = { requestId: 's', principal: OTHER, after }
  await Promise.all([
    fetchEntities(entityCall(subgraph, ['1'])),
    fetchEntities(entityCall(subgraph, ['1'], { context })),
    fetchEntities(entityCall(subgraph, ['1'], { context })),
  ])
  expect(subgraph.requests.map((request) => request.context.after)).toEqual([after, after, undefined])
})

test('a batch is sent at once when it is full', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching({ maxRepresentations: 3 })
  const answers = [['a', 'b'], ['c', 'd'], ['e']].map((ids) => fetchEntities(entityCall(subgraph, ids)))
  expect(subgraph.requests.map(({ variables }) => idsOf(variables))).toEqual([['a', 'b', 'c', 'd']])
  expect((await Promise.all(answers)).map(idsIn)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(subgraph.requests).toHaveLength(2)
})

test('several parts and other variables travel together; text goes to who takes text', async () => {
  const answer = { data: { products: [{ id: 'a' }], makers: [{ id: 'm' }] } }
  const inProcess = fakeSubgraph(() => answer)
  const overNetwork = {
    ...fakeSubgraph(() => answer),
    speaksText: true,
  }
  const { fetchEntities } = createEntityBatching()
  for (const subgraph of [inProcess, overNetwork]) {
    const call = entityCall(subgraph, [], { variables: { first: 3 } })
    const [json, value] = ['{"id":"a"}', { id: 'a' }]
    const parts = ['products', 'makers'].map((name, index) => ({
      responseName: name,
      variable: `v${index}`,
      representations: [{ json, value }],
    }))
    expect(idsIn(await fetchEntities({ ...call, parts }))).toEqual(['a', 'm'])
  }
  expect(inProcess.requests[0]?.variables).toEqual({ first: 3, v0: [{ id: 'a' }], v1: [{ id: 'a' }] })
  expect(overNetwork.requests[0]?.variables).toBeUndefined()
  expect(JSON.parse(overNetwork.requests[0]?.variablesJson ?? '')).toEqual(inProcess.requests[0]?.variables)
})

test('an error with a path is told to those who asked for that entity, and to nobody else', async () => {
  const subgraph = fakeSubgraph((request) => ({
    data: { _entities: idsOf(request.variables).map((id) => (id === 'bad' ? null : { id })) },
    errors: [
      new GraphQLError('no such thing', {
        path: ['_entities', idsOf(request.variables).indexOf('bad'), 'price', 0],
      }),
    ],
  }))
  const { fetchEntities } = createEntityBatching()
  const answers = await Promise.all(
    [['a'], ['bad', 'b'], ['c', 'bad']].map((ids) => fetchEntities(entityCall(subgraph, ids))),
  )
  expect(answers.map(idsIn)).toEqual([['a'], [null, 'b'], ['c', null]])
  expect(answers.map(errorsIn)).toEqual([
    [],
    [[0, [['no such thing', 'price', 0]]]],
    [[1, [['no such thing', 'price', 0]]]],
  ])
  expect(subgraph.requests).toHaveLength(1)
})

test.each([
  ['null data', () => ({ data: null })],
  ['an error without a path', () => ({ data: { _entities: [] }, errors: [new GraphQLError('poisoned')] })],
  ['a list that is too short', () => ({ data: { _entities: [{ id: 'x' }] } })],
])('%s that one representation causes is told to its owner alone', async (_what, poisoned) => {
  const subgraph = fakeSubgraph((request) =>
    idsOf(request.variables).includes('bad') && idsOf(request.variables).length > 1
      ? poisoned()
      : idsOf(request.variables).includes('bad')
        ? { data: null, errors: [new GraphQLError('poisoned')] }
        : echo(request),
  )
  const { fetchEntities, counters } = createEntityBatching()
  const answers = await Promise.all(
    [['a', 'b'], ['bad'], ['c']].map((ids) => fetchEntities(entityCall(subgraph, ids))),
  )
  expect(answers.map(idsIn)).toEqual([['a', 'b'], [null], ['c']])
  expect(answers.map(errorsIn)).toEqual([[], [[0, [['poisoned']]]], []])
  expect(subgraph.requests).toHaveLength(4)
  expect(counters.retries).toBe(3)
})

test('nothing in the answer, and an error beside everything, are both told', async () => {
  const { fetchEntities } = createEntityBatching()
  const silent = await fetchEntities(
    entityCall(
      fakeSubgraph(() => ({ data: {} })),
      ['a', 'b'],
    ),
  )
  const nothing = 'a subgraph gave neither its entities nor an error'
  expect(errorsIn(silent)).toEqual([0, 1].map((index) => [index, [[nothing]]]))
  const warned = await fetchEntities(
    entityCall(
      fakeSubgraph((request) => ({ ...echo(request), errors: [new GraphQLError('deprecated')] })),
      ['a', 'b'],
    ),
  )
  expect(idsIn(warned)).toEqual(['a', 'b'])
  expect(errorsIn(warned)).toEqual([[0, [['deprecated']]]])
})

test('when nothing comes back all are told, and nobody is asked for again', async () => {
  const failure = new SubgraphUnavailable('shop', 'open-circuit', 'is not asked')
  const subgraph = fakeSubgraph(() => Promise.reject(failure))
  const { fetchEntities } = createEntityBatching()
  const calls = [['a'], ['b']].map((ids) => fetchEntities(entityCall(subgraph, ids)))
  for (const call of calls) await expect(call).rejects.toBe(failure)
  expect(subgraph.requests).toHaveLength(1)
})

test('who is late or has gone leaves alone; the call has the latest deadline', async () => {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const subgraph = fakeSubgraph(async (request) => {
    await released
    return echo(request)
  })
  const { fetchEntities } = createEntityBatching()
  const controller = new AbortController()
  const context = { ...entityCall(subgraph, []).context, signal: controller.signal }
  const deadlineAt = performance.now() + 5_000
  const patient = fetchEntities(entityCall(subgraph, ['a'], { deadlineAt }))
  const impatient = fetchEntities(entityCall(subgraph, ['b'], { deadlineAt: performance.now() + 20 }))
  const leaving = fetchEntities(entityCall(subgraph, ['c'], { context, deadlineAt }))
  await expect(impatient).rejects.toEqual(late)
  controller.abort()
  await expect(leaving).rejects.toEqual(gone)
  expect(subgraph.requests[0]).toMatchObject({ deadlineAt })
  expect(subgraph.requests[0]?.signal?.aborted).toBe(false)
  release()
  expect(idsIn(await patient)).toEqual(['a'])
})

test('the call is aborted when all have left, and what comes then is no part of it', async () => {
  const subgraph = fakeSubgraph(() => new Promise(() => undefined))
  const { fetchEntities } = createEntityBatching()
  const calls = [15, 25].map((ms) =>
    fetchEntities(entityCall(subgraph, ['a'], { deadlineAt: performance.now() + ms })),
  )
  await Promise.allSettled(calls)
  expect(subgraph.requests[0]?.signal).toMatchObject({ aborted: true, reason: late })
})

test('who leaves before the call is sent is not asked for; who comes after all left gets a new one', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching()
  const controller = new AbortController()
  const context = { ...entityCall(subgraph, []).context, signal: controller.signal }
  const leaving = fetchEntities(entityCall(subgraph, ['a'], { context }))
  controller.abort()
  const staying = fetchEntities(entityCall(subgraph, ['b']))
  await expect(leaving).rejects.toEqual(gone)
  expect(idsIn(await staying)).toEqual(['b'])
  expect(subgraph.requests.map(({ variables }) => idsOf(variables))).toEqual([['b']])
})

test('a call for several has a context of its own, with the trace and request id of the first', async () => {
  const subgraph = fakeSubgraph(echo)
  const { fetchEntities } = createEntityBatching()
  const contexts = ['r1', 'r2'].map((requestId) => ({ ...entityCall(subgraph, []).context, requestId }))
  await Promise.all(contexts.map((context) => fetchEntities(entityCall(subgraph, ['a'], { context }))))
  expect(subgraph.requests[0]?.context.requestId).toBe('r1')
  expect(contexts).not.toContain(subgraph.requests[0]?.context)
  await fetchEntities(entityCall(subgraph, ['a'], contexts[1] ? { context: contexts[1] } : {}))
  expect(subgraph.requests[1]?.context).toBe(contexts[1])
})
