import type { EntityCall, FetchEntities } from '../../batching/fetch-entities.ts'
import type { RootCall, RootFetches } from '../../batching/join-root.ts'
import { waitFor } from '../../batching/waiting-caller.ts'
import type { DeadlineTimers } from '../../transports/deadline-timers.ts'
import type { CacheClasses } from '../cache-classes.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { EntityRead } from '../entity-read.ts'
import { askEntities, askRoot } from './ask-subgraph.ts'
import { entityAnswer, rootAnswer } from './fetch-answers.ts'
import { entityWants, rootWants, type PartWant, type RootWant } from './fetch-wants.ts'

export interface CachedFetchesOptions {
  cache: EntityCache
  classes: CacheClasses
  fetchEntities: FetchEntities
  fetchRoot: RootFetches['fetchRoot']
  timers: DeadlineTimers
}

/** Entity and root fetches that go through the cache where their plan says that they may. */
export interface CachedFetches {
  fetchEntities: FetchEntities
  fetchRoot: RootFetches['fetchRoot']
}

export function createCachedFetches(options: CachedFetchesOptions): CachedFetches {
  const { cache, classes, timers, fetchEntities, fetchRoot } = options

  return {
    fetchEntities(call) {
      const { cached } = call
      const of = classOf(call)
      const wants = cached && of !== null ? entityWants(call, cached, { cache, of }) : null
      if (!wants) return fetchEntities(call)
      const ask = (missing: readonly PartWant[], { isBehind }: { isBehind: boolean }) =>
        askEntities(fetchEntities, call, missing, isBehind)
      return inTime(cache.read(wants, ask, call.deadlineAt), call, (reads) =>
        entityAnswer(call, wants, reads),
      )
    },
    fetchRoot(call) {
      const { cached } = call
      const of = classOf(call)
      const wants = cached && of !== null ? rootWants(call, cached, { cache, of }) : null
      if (!cached || !wants) return fetchRoot(call)
      const ask = (missing: readonly RootWant[], { isBehind }: { isBehind: boolean }) =>
        askRoot(fetchRoot, call, cached, wants, missing, isBehind)
      return inTime(cache.read(wants, ask, call.deadlineAt), call, (reads) =>
        rootAnswer(cached, wants, reads),
      )
    },
  }

  /** What is at hand is given at once; all else by the caller's deadline. */
  async function inTime<T>(
    reading: Promise<EntityRead[]> | EntityRead[],
    { subgraphName, deadlineAt, context }: EntityCall | RootCall,
    answer: (reads: readonly EntityRead[]) => T,
  ): Promise<T> {
    if (Array.isArray(reading)) return answer(reading)
    const { signal } = context
    return answer(await waitFor(reading, { subgraphName, deadlineAt, signal, timers, onLeave: nothing }))
  }

  /** Null for a call that goes by the cache. */
  function classOf({ context, isPrivate = false }: EntityCall | RootCall): string | null {
    const of = classes.of(context)
    return of && (isPrivate ? of.private : of.shared)
  }
}

function nothing(): void {}
