import type { CallSignal } from '../subgraph-client.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../transports/deadline-timers.ts'
import { entityRequest } from './entity-request.ts'
import type { EntityAnswer, EntityCall, FetchEntities } from './fetch-entities.ts'
import { readEntities } from './read-entities.ts'
import { waitFor } from './waiting-caller.ts'

/** Entity fetches without batching: each caller's call is sent for him alone. */
export function createDirectEntities(timers: DeadlineTimers = createDeadlineTimers()): FetchEntities {
  return (call) =>
    waitFor(fetchAlone(call), {
      subgraphName: call.subgraphName,
      deadlineAt: call.deadlineAt,
      signal: call.context.signal,
      timers,
      onLeave: () => undefined,
    })
}

/** One call for its caller, without the bound of his deadline where the transport keeps none. */
export async function fetchAlone(call: EntityCall, signal?: CallSignal): Promise<EntityAnswer> {
  const request = entityRequest(call, call.parts, call.deadlineAt, signal)
  const { parts, extensions } = readEntities(await call.subgraph.execute(request), call.parts)
  const own = parts.map(({ entities, errors }) => ({ entities, errors, isOwn: true }))
  return extensions ? { parts: own, extensions } : { parts: own }
}
