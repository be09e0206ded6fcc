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
  /** What befalls the server: everything, nothing, or only that it gives the entity up, and often. */
  faults?: 'all' | 'none' | 'evictions'
}

/** A process, with the newest fence that it has been told of. */
interface Follower {
  process: SharedLevel['processes'][number]
  told: number
}

const ID = 'x'
const FOREVER = 4_102_444_800_000
const CHANCE_OF_FAULT = { all: 0.06, none: 0, evictions: 0.1 }

class Violation extends Error {}

/**
 * One world: an entity that is written, goes and comes back, a relay that tells of it, processes that read and fill, faults. After each call
 * of the shared level a seeded choice says who goes on. Null, or which promise was broken; the same for the same seed.
 */
export async function exploreCache(
  level: SharedLevel,
  seed: number,
  options: Exploration,
): Promise<string | null> {
  const random = generator(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const { faults = 'all' } = options
  /** By version: whether the entity is there. */
  const isThere = [false, true]
  const newest = (): number => isThere.length - 1
  let told = 0
  let outbox: number[] = [1]
  let tasks: AsyncGenerator<void, void, undefined>[] = []

  function write(): number {
    // Of an absence no fence can say that it is old: only the primary may tell it.
    const isThereNow = options.staleReads === true || !isThere.at(-1) || random() < 0.6
    return isThere.push(isThereNow) - 1
  }

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

  async function* read(reader: Follower): AsyncGenerator<void, void, undefined> {
    const { process } = reader
    const entity = { subgraph: 'profiles', type: 'Profile', id: ID }
    const of = random() < 0.5 ? 'A' : 'B'
    const fields = [['a'], ['b'], ['a', 'b']][below(3)] ?? []
    const [result] = await process.cache.read([{ entity, class: of, fields }], { timeoutMs: 5_000 })
    if (result?.entry) check(result.entry, of)
    const { entry: held = null } = result ?? {}
    const isHit = held && (held.isAbsent || fields.every((field) => field in held.fields))
    // A hit is refreshed now and then, with the token that came with it.
    if (isHit && random() < 0.8) return
    yield
    const at = options.staleReads && random() < 0.3 ? Math.max(1, newest() - 1 - below(2)) : newest()
    yield
    if (!result || result.token === null) return
    const times = { id: ID, storedAt: 1, expiresAt: FOREVER }
    // A subgraph does not tell the version of what is not there: it is as of the newest fence that its reader knows.
    const absence: CachedEntry = {
      ...times,
      version: Math.max(result.fence, reader.told),
      fields: {},
      isAbsent: true,
    }
    const filled = Object.fromEntries(fields.map((field) => [field, contentOf(at, of, field)]))
    const entry = isThere[at] ? { ...times, version: at, fields: filled } : absence
    await process.cache.fill([{ entity, class: of, token: result.token, entry }])
  }

  function check(entry: CachedEntry, of: string): void {
    if (entry.isAbsent) {
      if (!isThere.slice(told).includes(false))
        throw new Violation(`absent, and never was since ${told} was told`)
      return
    }
    if (entry.version < told) throw new Violation(`version ${entry.version} was read after ${told} was told`)
    if (!isThere[entry.version]) throw new Violation(`there at ${entry.version}, and was not`)
    for (const [field, value] of Object.entries(entry.fields)) {
      const expected = contentOf(entry.version, of, field)
      if (value !== expected) throw new Violation(`field ${field} of version ${entry.version} is ${value}`)
    }
  }

  const followers = level.processes.map((process): Follower => ({ process, told: 0 }))

  function pick(): Follower {
    const follower = followers[below(followers.length)]
    if (!follower) throw new Error('there is no process')
    return follower
  }

  async function look(follower: Follower): Promise<void> {
    await follower.process.look()
    follower.told = told
  }

  async function fault(): Promise<void> {
    const which = faults === 'evictions' ? 0 : below(4)
    if (which === 0) await level.evict(ID)
    else if (which === 1) await level.flush()
    else if (which === 2) await level.replicate()
    else await level.failOver()
    if (random() < 0.5) for (const follower of followers) await look(follower)
  }

  try {
    await level.flush()
    for (const follower of followers) await look(follower)
    await level.replicate()
    for (let step = 0; step < options.steps; step++) {
      const dice = random()
      if (dice < CHANCE_OF_FAULT[faults]) await fault()
      else if (dice < 0.14) outbox = [...outbox, write()]
      else if (dice < 0.2) await look(pick())
      else if (dice < 0.28 && tasks.length < 10) tasks.push(relay())
      else if (dice < 0.5 && tasks.length < 10) tasks.push(read(pick()))
      else {
        const task = tasks[below(tasks.length)]
        if (task && (await task.next()).done) tasks = tasks.filter((other) => other !== task)
      }
    }
    // Faults have ended: what waits is told, and then every process reads what the store has.
    for (const task of [...tasks, relay()]) while (!(await task.next()).done);
    for (const follower of followers) {
      await look(follower)
      for (let i = 0; i < 3; i++) for await (const _ of read(follower));
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
