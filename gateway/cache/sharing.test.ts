import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Principal } from '../../core/access/principal.ts'
import { cachedGraph, type CachedGraph } from '../../tests/support/cached-graph.ts'
import { openMemoryStream } from '../../stream/memory/open.ts'

const principals = fc.constantFrom<Principal>(
  { kind: 'api-key', id: 'k1', name: 'N', scopes: ['read'] },
  { kind: 'api-key', id: 'k2', name: 'N', scopes: ['read'] },
  { kind: 'api-key', id: 'k3', name: 'N', scopes: ['read', 'admin'] },
  { kind: 'browser-session', id: 'b1', name: 'N', scopes: ['admin', 'read'] },
)

/** `rights` is for all who have the same; `mine` for one alone. */
const DOCUMENTS = [
  'query ($by: PersonKey!) { person(by: $by) { name rights } }',
  'query ($by: PersonKey!) { person(by: $by) { name mine } }',
  'query ($by: PersonKey!) { person(by: $by) { name rights mine favourite { title } } }',
  'query ($by: PersonKey!) { people(by: [$by, { id: "2" }]) { rights mine } }',
]

const steps = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant('ask' as const) },
      { weight: 1, arbitrary: fc.constant('write' as const) },
      { weight: 1, arbitrary: fc.constant('evict' as const) },
    ),
    process: fc.nat(1),
    principal: principals,
    document: fc.constantFrom(...DOCUMENTS),
    by: fc.constantFrom({ id: '1' }, { id: '2' }, { email: '1@x.org' }),
  }),
  { minLength: 4, maxLength: 30, size: 'max' },
)

test(
  'whatever the schedule, what is kept here or for all processes is shown to none but those who may see it',
  { timeout: 60_000 },
  async () => {
    const rooms = [1_000_000, 1].map(createProcesses)
    await fc.assert(
      fc.asyncProperty(steps, fc.scheduler(), fc.constantFrom(...rooms), async (given, scheduler, room) => {
        const { processes, write } = room
        room.begin(scheduler)
        const asked = given.map(async ({ kind, process, principal, document, by }) => {
          await scheduler.schedule(Promise.resolve())
          const { ask, cache } = processes[process] as CachedGraph
          if (kind === 'write') return write()
          if (kind === 'evict') return cache.near.clear()
          const rights = principal.scopes.toSorted().join('+')
          for (const person of personsOf(await ask(document, { by }, { principal }))) {
            if ('rights' in person) expect(person['rights']).toBe(rights)
            if ('mine' in person) expect(person['mine']).toBe(principal.id)
          }
        })
        await scheduler.waitFor(Promise.all(asked))
      }),
      { numRuns: 30 },
    )
    const hits = rooms.flatMap(({ processes }) => processes.map(({ cache }) => cache.counters.hits))
    expect(hits.reduce((sum, { near }) => sum + near, 0)).toBeGreaterThan(5)
    expect(hits.reduce((sum, { store }) => sum + store, 0)).toBeGreaterThan(5)
  },
)

/** Two gateways with so much room, and a level that they share; their subgraphs answer when a schedule says so. */
function createProcesses(maxBytes: number) {
  const stream = openMemoryStream({ clock: () => 1_000_000, partitions: 4 })
  const processes = [0, 1].map(() => cachedGraph({ store: stream.entityCache, maxBytes }))
  const until: { schedule: () => Promise<unknown> } = { schedule: () => Promise.resolve() }
  for (const subgraph of processes.flatMap(({ subgraphs }) => Object.values(subgraphs))) {
    const execute = subgraph.execute.bind(subgraph)
    subgraph.execute = async (request) => {
      await until.schedule()
      return execute(request)
    }
  }
  let version = 0
  function write(): void {
    version++
    for (const id of ['1', '2'])
      for (const each of processes) each.write({ id, version, name: 'N', email: `${id}@x.org`, age: 4 })
  }
  return {
    processes,
    write,
    begin(scheduler: fc.Scheduler): void {
      until.schedule = () => scheduler.schedule(Promise.resolve())
      stream.flush()
      for (const { cache } of processes) cache.near.clear()
      write()
    },
  }
}

/** Of an answer, also where it says that some of it is stale. */
function personsOf(answer: unknown): Record<string, unknown>[] {
  const { data = answer } = answer as { data?: unknown }
  const { person, people = [person] } = data as Record<string, Record<string, unknown> & unknown[]>
  return people as Record<string, unknown>[]
}
