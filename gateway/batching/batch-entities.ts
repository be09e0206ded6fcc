import DataLoader from 'dataloader'
import { authorizationClassOf } from '../../core/access/authorization-class.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../transports/deadline-timers.ts'
import { entityRequest } from './entity-request.ts'
import { createDirectEntities, fetchAlone } from './fetch-alone.ts'
import type { EntityAnswer, EntityCall, FetchEntities } from './fetch-entities.ts'
import { mergeCalls } from './merge-calls.ts'
import { readSharedEntities } from './read-entities.ts'
import { SharedCall, sharedContext } from './shared-call.ts'
import { variablesKey } from './variables-key.ts'
import { waitFor } from './waiting-caller.ts'

export interface EntityBatchingOptions {
  /** A batch is sent at once when it has so many; a caller's own are never split. */
  maxRepresentations?: number
  timers?: DeadlineTimers
  /** Calls back once, when what is ready in this turn of the event loop has run. */
  atEndOfTurn?: (callback: () => void) => void
}

/** What was sent so far, for metrics. */
export interface EntityBatchingCounters {
  batches: number
  callers: number
  /** Those that were asked for. */
  representations: number
  /** Of them, those that another caller of the same batch had asked for already. */
  duplicates: number
  /** Callers whose batch failed in a way that could not be told apart, so that they were asked for alone. */
  retries: number
}

export interface EntityBatching {
  fetchEntities: FetchEntities
  readonly counters: Readonly<EntityBatchingCounters>
}

/**
 * Joins the entity fetches of concurrent requests: those of one subgraph, document, authorization class and other
 * variables that come in the same turn of the event loop become one call, with what several want sent once. Each caller gets
 * his own entities in his order, and errors that are his. Who is late or has gone leaves alone; the call lasts until the
 * latest deadline in it and is aborted when all have left. An answer that cannot be told apart (null data, an error
 * without a path) is asked for once more, for each caller by himself. Trace and request id are those of the first caller.
 * A request that must show a write (`after`) is never joined.
 */
export function createEntityBatching({
  maxRepresentations = 500,
  timers = createDeadlineTimers(),
  atEndOfTurn = setImmediate,
}: EntityBatchingOptions = {}): EntityBatching {
  const counters: EntityBatchingCounters = {
    batches: 0,
    callers: 0,
    representations: 0,
    duplicates: 0,
    retries: 0,
  }
  const direct = createDirectEntities(timers)
  /** Not yet sent, by document and then by what else their calls must have in common. */
  const open = new Map<string, Map<string, OpenBatch>>()
  let ready: OpenBatch[] = []

  function flush(): void {
    const batches = ready
    ready = []
    for (const batch of batches) batch.send()
  }

  function schedule(batch: OpenBatch): void {
    if (ready.push(batch) === 1) atEndOfTurn(flush)
  }

  function batchFor(call: EntityCall): OpenBatch {
    let siblings = open.get(call.document)
    if (!siblings) open.set(call.document, (siblings = new Map<string, OpenBatch>()))
    const key = keyOf(call)
    const present = siblings.get(key)
    // The same name may stand for another client for a moment, while a new supergraph takes over.
    if (present && present.subgraph === call.subgraph && !present.shared.aborted) return present
    const batch = new OpenBatch(call, {
      counters,
      schedule,
      onSend: () => {
        if (siblings.get(key) !== batch) return
        siblings.delete(key)
        if (siblings.size === 0) open.delete(call.document)
      },
    })
    siblings.set(key, batch)
    return batch
  }

  return {
    counters,
    fetchEntities(call) {
      if (call.context.after) return direct(call)
      const batch = batchFor(call)
      const member: Member = { call, hasLeft: false }
      const answer = waitFor(batch.add(member), {
        subgraphName: call.subgraphName,
        deadlineAt: call.deadlineAt,
        signal: call.context.signal,
        timers,
        onLeave(reason) {
          member.hasLeft = true
          batch.shared.leave(reason)
        },
      })
      if (batch.representations >= maxRepresentations) batch.send()
      return answer
    },
  }
}

function keyOf({
  subgraphName,
  operationName = '',
  variables,
  context,
  isPrivate = false,
}: EntityCall): string {
  const authorizationClass = authorizationClassOf(context.principal, isPrivate)
  return `${authorizationClass}\n${subgraphName}\n${operationName}\n${variablesKey(variables)}`
}

/** Operations that want different things of the same answer get it parsed. */
function sameReader(calls: readonly EntityCall[]): EntityCall['readText'] {
  const readText = calls[0]?.readText
  return calls.every((call) => call.readText === readText) ? readText : undefined
}

interface Member {
  call: EntityCall
  hasLeft: boolean
}

interface BatchSurroundings {
  counters: EntityBatchingCounters
  schedule(batch: OpenBatch): void
  onSend(): void
}

/** Calls that will be sent as one. A DataLoader of its own, since a loader that stays would be kept for every key ever seen. */
class OpenBatch {
  readonly subgraph: EntityCall['subgraph']
  readonly shared = new SharedCall()
  representations = 0
  readonly #surroundings: BatchSurroundings
  readonly #loader: DataLoader<Member, EntityAnswer>
  #dispatch: (() => void) | undefined

  constructor({ subgraph }: EntityCall, surroundings: BatchSurroundings) {
    this.subgraph = subgraph
    this.#surroundings = surroundings
    this.#loader = new DataLoader<Member, EntityAnswer>((members) => this.#fetch(members), {
      cache: false,
      maxBatchSize: Infinity,
      batchScheduleFn: (dispatch) => {
        this.#dispatch = dispatch
        surroundings.schedule(this)
      },
    })
  }

  add(member: Member): Promise<EntityAnswer> {
    for (const { representations } of member.call.parts) this.representations += representations.length
    this.shared.join()
    return this.#loader.load(member)
  }

  /** Once; again it does nothing. */
  send(): void {
    const dispatch = this.#dispatch
    this.#dispatch = undefined
    if (!dispatch) return
    this.#surroundings.onSend()
    dispatch()
  }

  async #fetch(members: readonly Member[]): Promise<(EntityAnswer | Error)[]> {
    const { counters } = this.#surroundings
    const [first, ...others] = members.filter(({ hasLeft }) => !hasLeft)
    if (!first) return members.map(() => NOBODY_WAITS)
    counters.batches++
    counters.callers += 1 + others.length
    counters.representations += this.representations
    if (others.length === 0) {
      const answer = await fetchAlone(first.call, this.shared)
      return members.map((member) => (member === first ? answer : NOBODY_WAITS))
    }
    const present = [first, ...others]
    const merged = mergeCalls([first.call, ...others.map(({ call }) => call)])
    counters.duplicates += merged.duplicates
    const deadlineAt = Math.max(...present.map(({ call }) => call.deadlineAt))
    const call = {
      ...first.call,
      context: sharedContext(first.call.context, deadlineAt),
      readText: sameReader(present.map((member) => member.call)),
    }
    const request = entityRequest(call, merged.parts, deadlineAt, this.shared)
    const answer = readSharedEntities(await this.subgraph.execute(request), merged.parts)
    if (!answer) return Promise.all(members.map((member) => this.#retry(member)))
    const places = new Map(present.map((member, index) => [member, index]))
    return members.map((member) => {
      const index = places.get(member)
      return index === undefined ? NOBODY_WAITS : merged.answerTo(index, answer)
    })
  }

  async #retry(member: Member): Promise<EntityAnswer | Error> {
    if (member.hasLeft) return NOBODY_WAITS
    this.#surroundings.counters.retries++
    return fetchAlone(member.call).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    )
  }
}

/** Never seen: those who left have been told why. */
const NOBODY_WAITS = new Error('nobody waits for this answer')
