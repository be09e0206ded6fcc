import type { CachedEntry, Change, EntityCacheStore } from '../../stream/ports.ts'
import { generator } from './faults.ts'

/** The shared level of the cache as several processes see it, and what can befall it. */
export interface SharedLevel {
  processes: readonly {
    cache: EntityCacheStore
    /** Takes notice of the feed's epoch. */ look(): Promise<void>
  }[]
  append(change: Change): Promise<void>
  evict(id: string): Promise<void>
  flush(): Promise<void>
  /** Remembers what it holds now; `failOver` goes on from there, as another server. */
  replicate(): Promise<void>
  failOver(): Promise<void>
}

export interface Exploration {
  steps: number
  /** Fills read what the store had a while ago: the fence alone has to keep them out. */
  staleReads?: boolean
  /** Without faults of the server. */
  withoutFaults?: boolean
}

const ID = 'x'
const FOREVER = 4_102_444_800_000
const CHANCE_OF_FAULT = 0.06

class Violation extends Error {}

/**
 * One world: an entity that is written, a relay that tells of it, processes that read and fill, faults. After each call
 * of the shared level a seeded choice says who goes on. Null, or which promise was broken; the same for the same seed.
 */
export async function exploreCache(
  level: SharedLevel,
  seed: number,
  options: Exploration,
): Promise<string | null> {
  const random = generator(seed)
  const below = (n: number): number => Math.floor(random() * n)
  let version = 1
  let told = 0
  let outbox: number[] = [1]
  let tasks: AsyncGenerator<void, void, undefined>[] = []

  async function* relay(): AsyncGenerator<void, void, undefined> {
    const found = outbox
    for (const one of found) {
      await level.append({ entity: 'Profile', id: ID, from: one, version: one, changed: [], at: 0 })
      told = Math.max(told, one)
      yield
    }
    // Else it died before the trim, and another carries them again.
    if (random() < 0.8) outbox = outbox.filter((one) => !found.includes(one))
  }

  async function* read(process: SharedLevel['processes'][number]): AsyncGenerator<void, void, undefined> {
    const entity = { subgraph: 'profiles', type: 'Profile', id: ID }
    const of = random() < 0.5 ? 'A' : 'B'
    const fields = [['a'], ['b'], ['a', 'b']][below(3)] ?? []
    const [result] = await process.cache.read([{ entity, class: of, fields }], { timeoutMs: 5_000 })
    if (result?.entry) check(result.entry, of)
    const isHit = result?.entry && fields.every((field) => result.entry && field in result.entry.fields)
    // A hit is refreshed now and then, with the token that came with it.
    if (isHit && random() < 0.8) return
    yield
    const at = options.staleReads && random() < 0.3 ? Math.max(1, version - 1 - below(2)) : version
    yield
    if (!result || result.token === null) return
    const filled = Object.fromEntries(fields.map((field) => [field, contentOf(at, of, field)]))
    const entry: CachedEntry = { id: ID, version: at, fields: filled, storedAt: 1, expiresAt: FOREVER }
    await process.cache.fill([{ entity, class: of, token: result.token, entry }])
  }

  function check(entry: CachedEntry, of: string): void {
    if (entry.version < told) throw new Violation(`version ${entry.version} was read after ${told} was told`)
    for (const [field, value] of Object.entries(entry.fields)) {
      const expected = contentOf(entry.version, of, field)
      if (value !== expected) throw new Violation(`field ${field} of version ${entry.version} is ${value}`)
    }
  }

  const pick = (): SharedLevel['processes'][number] => {
    const process = level.processes[below(level.processes.length)]
    if (!process) throw new Error('there is no process')
    return process
  }

  async function fault(): Promise<void> {
    const which = below(4)
    if (which === 0) await level.evict(ID)
    else if (which === 1) await level.flush()
    else if (which === 2) await level.replicate()
    else await level.failOver()
    if (random() < 0.5) for (const process of level.processes) await process.look()
  }

  try {
    await level.flush()
    for (const process of level.processes) await process.look()
    await level.replicate()
    for (let step = 0; step < options.steps; step++) {
      const dice = random()
      if (dice < CHANCE_OF_FAULT && !options.withoutFaults) await fault()
      else if (dice < 0.12) outbox = [...outbox, ++version]
      else if (dice < 0.2) await pick().look()
      else if (dice < 0.28 && tasks.length < 10) tasks.push(relay())
      else if (dice < 0.5 && tasks.length < 10) tasks.push(read(pick()))
      else {
        const task = tasks[below(tasks.length)]
        if (task && (await task.next()).done) tasks = tasks.filter((other) => other !== task)
      }
    }
    // Faults have ended: what waits is told, and then every process reads what the store has.
    for (const task of [...tasks, relay()]) while (!(await task.next()).done);
    for (const process of level.processes) {
      await process.look()
      for (let i = 0; i < 3; i++) for await (const _ of read(process));
    }
    return null
  } catch (error) {
    if (error instanceof Violation) return error.message
    throw error
  }
}

function contentOf(version: number, of: string, field: string): string {
  return JSON.stringify(`${version} ${of} ${field}`)
}
