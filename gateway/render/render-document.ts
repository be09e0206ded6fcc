import type { GraphQLError } from 'graphql'
import { Counter, type Registry } from 'prom-client'
import type { RequestContext } from '../../core/access/request-context.ts'
import { MonogramError } from '../../core/errors.ts'
import type { Log } from '../../platform/log.ts'
import { measureAdmission } from '../deadlines/admission-metrics.ts'
import { createAdmission } from '../deadlines/admission.ts'
import type { AnswerSlot } from '../deadlines/answer-slots.ts'
import type { TurnClock } from '../deadlines/turn-clock.ts'
import { createTurnGate } from '../deadlines/turn-gate.ts'
import type { TrustedDocument } from '../documents/load-documents.ts'
import type { Degraded } from '../engine/shape/shape-result.ts'
import { createErrorMask } from '../mask-errors.ts'
import type { DeadlineHolder, DeadlineTimers } from '../transports/deadline-timers.ts'

/**
 * The body of the answer, `{ "data", "errors"?, "extensions": { "degraded", "stale"?, "held"?, "staleFields"? } }`, as JSON
 * text; a long one in UTF-8.
 */
export type RenderedText = string | Buffer

export interface RenderRequest {
  document: TrustedDocument
  /** Coerced by the document. */
  variables: Readonly<Record<string, unknown>>
  /** Its `deadlineAt` is when the caller wants the answer. */
  context: RequestContext & { deadlineAt: number }
}

/**
 * Resolves by the deadline: with what there is then, and fallbacks for the rest. Rejects only with RECEIPT_UNKNOWN, when
 * the request demands to see an event that is not there.
 */
export type RenderDocument = (request: RenderRequest) => Promise<RenderedText>

export interface RenderOptions {
  log: Log
  timers: DeadlineTimers
  turns: TurnClock
  /** Requests that are asked for at the same time; what is more waits for its turn, or gets fallbacks alone. */
  maxInFlight: number
  metrics?: Registry
}

export function createRenderDocument({
  log,
  timers,
  turns,
  maxInFlight,
  metrics,
}: RenderOptions): RenderDocument {
  const count = metrics ? answersCounter(metrics) : () => undefined
  const mask = createErrorMask(log)
  const admission = createAdmission({ timers, maxInFlight })
  if (metrics) measureAdmission(metrics, () => admission.counts)
  const gate = createTurnGate({ turns })
  const fallbackTexts = new WeakMap<TrustedDocument, Map<string, RenderedText>>()

  return (request) =>
    new Promise((resolve) => {
      const refuse = (): void => resolve(fallbacksAlone(request, 'overload'))
      const begin = (slot: AnswerSlot): void =>
        resolve(gate.isOpen ? executeInTime(request, slot) : executeInTurn(request, slot))
      admission.enter(request.context.deadlineAt, { begin, refuse })
    })

  /** Begins in a later turn of the event loop, unless it is too late by then. */
  function executeInTurn(request: RenderRequest, slot: AnswerSlot): Promise<RenderedText> {
    return new Promise((resolve) => {
      let isOver = false
      const refuse = (): void => {
        isOver = true
        slot.release()
        resolve(fallbacksAlone(request, 'overload'))
      }
      const holder: DeadlineHolder = { onDeadline: refuse }
      const tick = timers.add(slot.at, holder)
      const begin = (): void => {
        timers.tellDue()
        if (isOver) return
        timers.remove(tick, holder)
        resolve(executeInTime(request, slot))
      }
      if (gate.enter(begin)) return
      timers.remove(tick, holder)
      refuse()
    })
  }

  /** The gateway keeps the deadline itself; this is for when it does not. */
  function executeInTime(request: RenderRequest, slot: AnswerSlot): Promise<RenderedText> {
    return new Promise((resolve, reject) => {
      const holder: DeadlineHolder = { onDeadline: () => resolve(fallbacksAlone(request, 'timeout')) }
      const tick = timers.add(request.context.deadlineAt, holder)
      execute(request, slot).then(
        (text) => {
          timers.remove(tick, holder)
          return resolve(text)
        },
        (error: unknown) => {
          timers.remove(tick, holder)
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
  }

  async function execute(request: RenderRequest, slot: AnswerSlot): Promise<RenderedText> {
    const { document, variables, context } = request
    const { requestId } = context
    try {
      const answer = await document.execute(variables, {
        ...context,
        deadlineAt: slot.at,
      })
      if (answer.kind === 'refused') {
        refuseUnknownReceipt(answer.errors)
        mask.toFormatted(answer.errors, requestId)
        return fallbacksAlone(request, 'error')
      }
      const { data, errors, degraded, stale, held, staleFields } = answer
      count(document.name, degraded[0]?.reason ?? 'fresh')
      if (errors.length === 0 && degraded.length === 0 && stale === undefined)
        return textOf(['{"data":', ...data, NOTHING_DEGRADED])
      const extensions = JSON.stringify({ degraded, stale, held, staleFields })
      return textOf(['{"data":', ...data, `,${errorsMember(errors, requestId)}"extensions":${extensions}}`])
    } catch (error) {
      if (error instanceof MonogramError && error.code === 'RECEIPT_UNKNOWN') throw error
      log.error({ err: error, requestId }, 'a trusted document failed')
      return fallbacksAlone(request, 'error')
    } finally {
      slot.release()
    }
  }

  /** Of the same text each time, since under overload there is no time for anything else. */
  function fallbacksAlone({ document, context }: RenderRequest, reason: Degraded['reason']): RenderedText {
    count(document.name, reason)
    let texts = fallbackTexts.get(document)
    if (!texts) fallbackTexts.set(document, (texts = new Map<string, RenderedText>()))
    const key = context.after ? `stale ${reason}` : reason
    let text = texts.get(key)
    if (text === undefined) {
      const { whole, rootNames } = document.fallbacks
      const degraded = rootNames.map((name) => ({ path: [name], reason }))
      const stale = context.after ? { stale: true, held: [] } : {}
      texts.set(key, (text = JSON.stringify({ data: whole, extensions: { degraded, ...stale } })))
    }
    return text
  }

  function errorsMember(errors: readonly GraphQLError[], requestId: string): string {
    if (errors.length === 0) return ''
    return `"errors":${JSON.stringify(mask.toFormatted(errors, requestId))},`
  }
}

/** Unlike all else that can go wrong: what was asked is nobody's write, and no fallback stands for that. */
function refuseUnknownReceipt(errors: readonly GraphQLError[]): void {
  const unknown = errors.find(({ extensions }) => extensions['code'] === 'RECEIPT_UNKNOWN')
  if (unknown) throw new MonogramError('RECEIPT_UNKNOWN', unknown.message)
}

const NOTHING_DEGRADED = ',"extensions":{"degraded":[]}}'

/** In one piece, which for a long text has to be bytes (see `PIECE_CHARACTERS`). */
function textOf(pieces: readonly string[]): RenderedText {
  if (pieces.length <= 3) return pieces.join('')
  let mostBytes = 0
  for (const piece of pieces) mostBytes += piece.length * BYTES_PER_CHARACTER
  const room = mostBytes <= ROOM.length ? ROOM : Buffer.allocUnsafe(mostBytes)
  let at = 0
  for (const piece of pieces) at += room.write(piece, at)
  return Buffer.from(room.subarray(0, at))
}

/** At most, in UTF-8. */
const BYTES_PER_CHARACTER = 3

/** Written over by each answer. Without knowing that there is room enough, V8 measures each text before it writes it, which takes longer. */
const ROOM = Buffer.allocUnsafeSlow(1024 * 1024)

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
