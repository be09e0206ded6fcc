import type { ExecutionResult } from 'graphql'
import { describe, expect, test } from 'vitest'
import { MonogramError } from '../core/errors.ts'
import { StorageError } from '../storage/ports.ts'
import { aRequest } from '../tests/support/people.ts'
import { createSubgraph } from './create-subgraph.ts'

const subgraph = createSubgraph({
  name: 'numbers',
  typeDefs: `
    type Query { double(n: Int!): Int  refused: Int  unreadable: Int  broken: Int }
    type Subscription { count(to: Int!): Int  tooFar: Int  refused: Int }
  `,
  resolvers: {
    Query: {
      double: (_: unknown, { n }: { n: number }) => 2 * n,
      refused: () => {
        throw new MonogramError('BAD_USER_INPUT', 'n: expected something else')
      },
      unreadable: () => Promise.reject(new StorageError('the disk is gone', { retryable: true })),
      broken: () => {
        throw new Error('a bug')
      },
    },
    Subscription: {
      count: {
        async *subscribe(_: unknown, { to }: { to: number }) {
          for (let n = 1; n <= to; n++) yield { n }
        },
        resolve: ({ n }: { n: number }, _: unknown, context: object) => n + seen(context),
      },
      tooFar: {
        async *subscribe() {
          yield { tooFar: 1 }
          throw new MonogramError('SUBSCRIBER_TOO_SLOW', 'read faster')
        },
      },
      refused: {
        subscribe: () => {
          throw new MonogramError('SEGMENT_UNKNOWN', 'no such segment')
        },
      },
    },
  },
  contextFor: (request) => ({ request }),
  onMessage: () => messages++,
})

let messages = 0

/** How often resolvers have met this context, in hundreds. */
function seen(context: object): number {
  const times = contexts.get(context) ?? 0
  contexts.set(context, times + 1)
  return 100 * times
}
const contexts = new WeakMap<object, number>()

const run = (document: string, variables?: Record<string, unknown>) =>
  subgraph.execute({ document, ...(variables && { variables }), context: aRequest() })

describe('a subgraph', () => {
  test('answers operations, and is a federation subgraph', async () => {
    expect(await run('query ($n: Int!) { double(n: $n) }', { n: 4 })).toEqual({ data: { double: 8 } })
    expect(await run('{ _service { sdl } }')).toMatchObject({
      data: { _service: { sdl: expect.stringContaining('double') as string } },
    })
  })

  test.each([
    ['{ double(n: }', 'GRAPHQL_PARSE_FAILED'],
    ['{ triple }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query ($n: Int!) { double(n: $n) }', 'BAD_USER_INPUT'],
    ['{ refused }', 'BAD_USER_INPUT'],
    ['{ unreadable }', 'STORAGE_UNAVAILABLE'],
  ])('says what is wrong with %s as %s', async (document, code) => {
    const first = await run(document)
    expect(codes(first)).toEqual([code])
    expect(codes(await run(document))).toEqual([code])
  })

  test('keeps the cause and the path of a bug, without a code', async () => {
    const { data, errors } = await run('{ broken }')
    expect(data).toEqual({ broken: null })
    expect(errors?.[0]).toMatchObject({
      path: ['broken'],
      extensions: {},
      originalError: { message: 'a bug' },
    })
  })

  test('answers each message of a subscription with what is read anew', async () => {
    expect(await collect('subscription { count(to: 3) }')).toEqual([
      { data: { count: 1 } },
      { data: { count: 2 } },
      { data: { count: 3 } },
    ])
    expect(messages).toBe(3)
  })

  test('ends a subscription that fails with a result that says why', async () => {
    const [first, last, ...more] = await collect('subscription { tooFar }')
    expect(first).toEqual({ data: { tooFar: 1 } })
    expect(codes(last)).toEqual(['SUBSCRIBER_TOO_SLOW'])
    expect(more).toEqual([])
  })

  test('answers once when a subscription cannot begin', async () => {
    const answer = await subgraph.subscribe({ document: 'subscription { refused }', context: aRequest() })
    expect(codes(answer as ExecutionResult)).toEqual(['SEGMENT_UNKNOWN'])
    const invalid = await subgraph.subscribe({ document: 'subscription { nothing }', context: aRequest() })
    expect(codes(invalid as ExecutionResult)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  })
})

async function collect(document: string): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = []
  const answer = await subgraph.subscribe({ document, context: aRequest() })
  for await (const result of answer as AsyncIterable<ExecutionResult>) results.push(result)
  return results
}

function codes(result: ExecutionResult | undefined): unknown[] {
  return result?.errors?.map(({ extensions }) => extensions['code']) ?? []
}
