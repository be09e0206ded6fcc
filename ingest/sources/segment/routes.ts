import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { MonogramError } from '../../../core/errors.ts'
import type { Authenticate } from '../../../core/access/authenticate.ts'
import type { Principal } from '../../../core/access/principal.ts'
import { EVENT_TYPES, type EventType } from '../../../core/events/event.ts'
import { isJsonObject } from '../../../core/json.ts'
import { formatReceipt } from '../../../core/freshness/receipt.ts'
import type { Accept, AcceptResult } from '../../accept.ts'

export interface SegmentRoutesOptions {
  accept: Accept
  authenticate: Authenticate
}

/** The limits of Segment's HTTP API. */
const MAX_EVENT_BYTES = 32 * 1024
const MAX_BODY_BYTES = 500 * 1024
const MAX_BATCH_EVENTS = 2_500

/**
 * Segment's HTTP tracking API: `POST /v1/{track,identify,…}` and `POST /v1/batch`, the write key by Basic, Bearer or
 * in the body. 200 comes after the events are durable. `?verbose=1` answers what became of each event; `?receipts=1` gives
 * for each the receipt that a read may come after (`x-monogram-after`).
 * https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
 */
export function segmentRoutes({ accept, authenticate }: SegmentRoutesOptions): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    )
    for (const type of EVENT_TYPES) {
      app.post(`/v1/${type}`, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => one(type, request, reply))
    }
    app.post('/v1/batch', { bodyLimit: MAX_BODY_BYTES }, batch)
  }

  async function one(type: EventType, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const body = parseBody(request.body)
    const principal = await requireSource(request, body)
    const results = await accept([body], {
      source: principal.id,
      sourceName: principal.name,
      maxEventBytes: MAX_EVENT_BYTES,
      sentAt: body['sentAt'],
      defaultType: type,
    })
    return answer([body], results, request, reply)
  }

  async function batch(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const body = parseBody(request.body)
    const principal = await requireSource(request, body)
    const events = body['batch']
    if (!Array.isArray(events) || events.length === 0) {
      throw new MonogramError('BATCH_EMPTY', `expected {"batch": [event, …]}, got batch ${describe(events)}`)
    }
    if (events.length > MAX_BATCH_EVENTS) {
      throw new MonogramError(
        'BATCH_TOO_LONG',
        `got ${events.length} events, a batch takes at most ${MAX_BATCH_EVENTS}`,
      )
    }
    const results = await accept(events, {
      source: principal.id,
      sourceName: principal.name,
      maxEventBytes: MAX_EVENT_BYTES,
      sentAt: body['sentAt'],
    })
    return answer(events, results, request, reply)
  }

  async function requireSource(request: FastifyRequest, body: Record<string, unknown>): Promise<Principal> {
    const { authorization } = request.headers
    const apiKey =
      request.headers['x-api-key'] ?? (authorization === undefined ? body['writeKey'] : undefined)
    const principal = await authenticate({
      ...(authorization === undefined ? {} : { authorization }),
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
    })
    if (!principal) {
      throw new MonogramError(
        'UNAUTHENTICATED',
        'send a write key with the scope ingest as the user of Basic authentication',
      )
    }
    if (!principal.scopes.includes('ingest') && !principal.scopes.includes('admin')) {
      throw new MonogramError(
        'FORBIDDEN',
        `the key "${principal.name}" has the scopes ${principal.scopes.join(', ')}; sending events needs ingest`,
      )
    }
    return principal
  }
}

function parseBody(text: unknown): Record<string, unknown> {
  let body: unknown
  try {
    body = typeof text === 'string' ? JSON.parse(text) : undefined
  } catch (error) {
    throw new MonogramError('BODY_NOT_JSON', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
  if (!isJsonObject(body))
    throw new MonogramError('BODY_NOT_JSON', `expected a JSON object, got ${describe(body)}`)
  return body
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return value === null ? 'null' : `a value of type ${typeof value}`
}

/** SDKs look at the status alone: 400 only when nothing of the request was accepted. */
function answer(
  events: readonly unknown[],
  results: readonly AcceptResult[],
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  const rejected = results.flatMap((result, index) =>
    result.outcome === 'rejected' ? [{ index, ...result }] : [],
  )
  const first = rejected[0]
  const query = request.query as Record<string, unknown>
  const verbose = query['verbose'] === '1'
  const receipts = query['receipts'] === '1' ? { receipts: results.map(receiptOf) } : {}
  if (first && rejected.length === results.length) {
    void reply.code(400)
    if (!verbose) throw new MonogramError(first.code, first.reason)
  }
  if (!verbose) {
    return {
      success: true,
      ...(first && { rejected: rejected.length }),
      ...givenIds(events, results),
      ...receipts,
    }
  }
  return { success: rejected.length < results.length, results: results.map(verboseResult), ...receipts }
}

/** Where an event came without a messageId, those of all: one that was given here can be sent again under it. */
function givenIds(events: readonly unknown[], results: readonly AcceptResult[]): Record<string, unknown> {
  if (!events.some((event) => isJsonObject(event) && (event['messageId'] ?? null) === null)) return {}
  return { messageIds: results.map((result) => (result.outcome === 'rejected' ? null : result.messageId)) }
}

/** Null for an event that was rejected. A duplicate has that of the event that is there. */
function receiptOf(result: AcceptResult): string | null {
  return result.outcome === 'rejected' ? null : formatReceipt(result.key)
}

function verboseResult(result: AcceptResult, index: number): Record<string, unknown> {
  return result.outcome === 'rejected'
    ? { index, status: result.outcome, code: result.code, reason: result.reason }
    : { index, status: result.outcome, messageId: result.messageId, key: result.key }
}
