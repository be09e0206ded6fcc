import type { GraphQLError } from 'graphql'
import { Counter, type Registry } from 'prom-client'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { Log } from '../../platform/log.ts'
import { createAnswerSlots, type AnswerSlot } from '../deadlines/answer-slots.ts'
import type { TurnClock } from '../deadlines/turn-clock.ts'
import { createTurnGate } from '../deadlines/turn-gate.ts'
import type { TrustedDocument } from '../documents/load-documents.ts'
import type { Degraded } from '../engine/shape/shape-result.ts'
import { createErrorMask } from '../mask-errors.ts'
import type { DeadlineHolder, DeadlineTimers } from '../transports/deadline-timers.ts'

/** The body of the answer, `{ "data", "errors"?, "extensions": { "degraded" } }`, as JSON text. */
export type RenderedText = string

export interface RenderRequest {
  document: TrustedDocument
  /** Coerced by the document. */
  variables: Readonly<Record<string, unknown>>
  /** Its `deadlineAt` is when the caller wants the answer. */
  context: RequestContext & { deadlineAt: number }
}

/** Never rejects, and resolves by the deadline: with what there is then, and fallbacks for the rest. */
export type RenderDocument = (request: RenderRequest) => Promise<RenderedText>

export interface RenderOptions {
  log: Log
  timers: DeadlineTimers
  turns: TurnClock
  /** Requests under way; one more is answered at once by fallbacks alone. */
  maxInFlight: number
  metrics?: Registry
}

/** Kept of each deadline for shaping and sending what came: a tenth of what is left, within these. */
const RESERVE_SHARE = 0.1
const MIN_RESERVE_MS = 2
const MAX_RESERVE_MS = 10
/** With less time than this nothing is asked. */
const MIN_WORK_MS = 1

export function createRenderDocument({
  log,
  timers,
  turns,
  maxInFlight,
  metrics,
}: RenderOptions): RenderDocument {
  const count = metrics ? answersCounter(metrics) : () => undefined
  const mask = createErrorMask(log)
  const slots = createAnswerSlots()
  const gate = createTurnGate({ turns })
  const fallbackTexts = new WeakMap<TrustedDocument, Map<Degraded['reason'], RenderedText>>()
  let inFlight = 0

  return (request) =>
    new Promise((resolve) => {
      if (!gate.enter(() => resolve(admit(request)))) resolve(fallbacksAlone(request.document, 'overload'))
    })

  /** By what its answer would cost at the worst, at its deadline. */
  function admit(request: RenderRequest): RenderedText | Promise<RenderedText> {
    const { document, context } = request
    const now = performance.now()
    const leftMs = context.deadlineAt - now
    const reserveMs = Math.min(Math.max(leftMs * RESERVE_SHARE, MIN_RESERVE_MS), MAX_RESERVE_MS)
    const slot = inFlight < maxInFlight ? slots.take(context.deadlineAt - reserveMs, now + MIN_WORK_MS) : null
    return slot ? executeInTime(request, slot) : fallbacksAlone(document, 'overload')
  }

  /** The gateway keeps the deadline itself; this is for when it does not. */
  function executeInTime(request: RenderRequest, slot: AnswerSlot): Promise<RenderedText> {
    const { document, context } = request
    return new Promise((resolve) => {
      const holder: DeadlineHolder = { onDeadline: () => resolve(fallbacksAlone(document, 'timeout')) }
      const tick = timers.add(context.deadlineAt, holder)
      void execute(request, slot).then((text) => {
        timers.remove(tick, holder)
        return resolve(text)
      })
    })
  }

  /** Never rejects. */
  async function execute(
    { document, variables, context }: RenderRequest,
    slot: AnswerSlot,
  ): Promise<RenderedText> {
    inFlight++
    const { requestId } = context
    try {
      const answer = await document.execute(variables, {
        ...context,
        deadlineAt: slot.at,
      })
      if (answer.kind === 'refused') {
        mask.toFormatted(answer.errors, requestId)
        return fallbacksAlone(document, 'error')
      }
      const { data, errors, degraded } = answer
      count(document.name, degraded[0]?.reason ?? 'fresh')
      if (errors.length === 0 && degraded.length === 0)
        return `{"data":${data},"extensions":${NOTHING_DEGRADED}}`
      return `{"data":${data},${errorsMember(errors, requestId)}"extensions":${JSON.stringify({ degraded })}}`
    } catch (error) {
      log.error({ err: error, requestId }, 'a trusted document failed')
      return fallbacksAlone(document, 'error')
    } finally {
      inFlight--
      slot.release()
    }
  }

  /** Of the same text each time, since under overload there is no time for anything else. */
  function fallbacksAlone(document: TrustedDocument, reason: Degraded['reason']): RenderedText {
    count(document.name, reason)
    let texts = fallbackTexts.get(document)
    if (!texts) fallbackTexts.set(document, (texts = new Map<Degraded['reason'], RenderedText>()))
    let text = texts.get(reason)
    if (text === undefined) {
      const { whole, rootNames } = document.fallbacks
      const degraded = rootNames.map((name) => ({ path: [name], reason }))
      texts.set(reason, (text = JSON.stringify({ data: whole, extensions: { degraded } })))
    }
    return text
  }

  function errorsMember(errors: readonly GraphQLError[], requestId: string): string {
    if (errors.length === 0) return ''
    return `"errors":${JSON.stringify(mask.toFormatted(errors, requestId))},`
  }
}

const NOTHING_DEGRADED = '{"degraded":[]}'

/** Counts by itself, and tells the registry when it is asked: its own counting costs more than one percent of a render. */
function answersCounter(metrics: Registry): (document: string, outcome: string) => void {
  const counts = new Map<string, Map<string, number>>()
  void new Counter({
    name: 'monogram_render_answers_total',
    help: 'Answers of the render lane: fresh, or the reason for which the first of their parts is not.',
    labelNames: ['document', 'outcome'],
    registers: [metrics],
    collect() {
      this.reset()
      for (const [document, outcomes] of counts) {
        for (const [outcome, count] of outcomes) this.inc({ document, outcome }, count)
      }
    },
  })
  return (document, outcome) => {
    let outcomes = counts.get(document)
    if (!outcomes) counts.set(document, (outcomes = new Map<string, number>()))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
}
