import fc from 'fast-check'
import { GraphQLError, type ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import { SCOPES, type Principal } from '../../core/access/principal.ts'
import type { SubgraphRequest } from '../subgraph-client.ts'
import { createEntityBatching } from './batch-entities.ts'
import { createRootFetches } from './join-root.ts'
import { entityCall, fakeSubgraph, idsOf } from './testing/entity-calls.ts'

const PRIVATE_DOCUMENT = 'query Private'

const principals = fc.record({
  kind: fc.constantFrom<Principal['kind']>('api-key', 'browser-session'),
  id: fc.constantFrom('k1', 'k2', 'k3'),
  name: fc.constant('N'),
  scopes: fc.constantFrom<Principal['scopes']>(['read'], ['read', 'admin'], ['admin', 'read'], SCOPES),
})

/** `poisoned` makes any call that holds it, together with others, fail as a whole; `broken` only itself. */
const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'broken', 'poisoned'), { maxLength: 4 })

const callers = fc.array(
  fc.record({
    principal: principals,
    ids,
    isPrivate: fc.boolean(),
    isRoot: fc.boolean(),
    leaves: fc.boolean(),
  }),
  { minLength: 2, maxLength: 12 },
)

/** What only those may see who ask under the same rights, or under the same name if the selection is private. */
function seenBy({ kind, id, scopes }: Principal, isPrivate: boolean): string {
  const rights = scopes.toSorted().join('+')
  return isPrivate ? `${kind} ${id} with ${rights}` : rights
}

function answer({ document, variables, context }: SubgraphRequest): ExecutionResult {
  const seen = seenBy(context.principal, document === PRIVATE_DOCUMENT)
  const wanted = idsOf(variables)
  if (wanted.includes('poisoned') && wanted.length > 1) return { data: null }
  const at = wanted.indexOf('broken')
  const errors = at < 0 ? {} : { errors: [new GraphQLError(seen, { path: ['_entities', at] })] }
  return { data: { _entities: wanted.map((id) => (id === 'broken' ? null : { id, seen })) }, ...errors }
}

test('whatever the schedule, a caller gets exactly what he asked for, as he alone would see it', async () => {
  await fc.assert(
    fc.asyncProperty(
      callers,
      fc.scheduler(),
      fc.integer({ min: 1, max: 6 }),
      async (given, scheduler, max) => {
        const subgraph = fakeSubgraph((request) => scheduler.schedule(Promise.resolve(answer(request))))
        const { fetchEntities } = createEntityBatching({
          maxRepresentations: max,
          async atEndOfTurn(callback) {
            await scheduler.schedule(Promise.resolve())
            callback()
          },
        })
        const { fetchRoot } = createRootFetches()

        const calls = given.map(async ({ principal, ids: wanted, isPrivate, isRoot, leaves }) => {
          await scheduler.schedule(Promise.resolve())
          const controller = new AbortController()
          const context = { requestId: 'r', principal, signal: controller.signal }
          const document = isPrivate ? PRIVATE_DOCUMENT : 'query Shared'
          const call = entityCall(subgraph, wanted, { context, document, isPrivate })
          if (leaves) void scheduler.schedule(Promise.resolve()).then(() => controller.abort())
          const outcome = isRoot
            ? fetchRoot({
                ...call,
                isMutation: false,
                variables: { representations: wanted.map((id) => ({ id })) },
              }).then(({ data, errors }) => [
                data?.['_entities'] ?? null,
                (errors ?? []).map(({ message }) => message),
              ])
            : fetchEntities(call).then(({ parts: [part] }) => [
                part?.entities ?? null,
                [...(part?.errors.values() ?? [])].flat().map(({ error }) => error.message),
              ])
          const seen = seenBy(principal, isPrivate)
          const isPoisoned = wanted.includes('poisoned') && wanted.length > 1
          const entities = wanted.map((id) => (id === 'broken' || isPoisoned ? null : { id, seen }))
          const told = isPoisoned
            ? wanted.map(() => 'a subgraph gave neither its entities nor an error')
            : wanted.flatMap((id) => (id === 'broken' ? [seen] : []))
          try {
            expect(await outcome).toEqual(isRoot && isPoisoned ? [null, []] : [entities, told])
          } catch (error) {
            if (!(leaves && error instanceof Error && error.name === 'SubgraphUnavailable')) throw error
          }
        })
        await scheduler.waitFor(Promise.all(calls))
      },
    ),
    { numRuns: 200 },
  )
})
