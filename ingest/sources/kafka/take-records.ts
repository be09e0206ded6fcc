import { MonogramError } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../../core/json.ts'
import type { Log } from '../../../platform/log.ts'
import { createSaidRarely } from '../../../platform/said-rarely.ts'
import type { Sleep } from '../../../platform/sleep.ts'
import type { Accept, AcceptContext } from '../../accept.ts'
import type { ParkedRecord, RecordBatch, RecordPark, SourceRecord } from './ports.ts'

export interface TakeRecordsOptions {
  accept: Accept
  park: RecordPark
  sleep: Sleep
  log: Log
  /** What became of records, for metrics. */
  onTaken?: (topic: string, outcome: RecordOutcome) => void
}

export type RecordOutcome = 'stored' | 'duplicate' | 'conflict' | 'parked'

/**
 * Takes a batch of a topic into the event log. Its offset is committed once each record of it is durable, as an event
 * or as a parked record: a crash in between brings records again, which are then duplicates. While the store takes no
 * more, the partition waits. Rejects when the partition was lost meanwhile.
 */
export type TakeRecords = (batch: RecordBatch) => Promise<void>

/** Records that are stored together, and whose offset is then committed. */
const RECORDS_PER_STEP = 500
/** As for events over HTTP. */
const MAX_EVENT_BYTES = 32 * 1024
const FIRST_WAIT_MS = 100
const MAX_WAIT_MS = 2_000

export function createTakeRecords({ accept, park, sleep, log, onTaken }: TakeRecordsOptions): TakeRecords {
  /** A topic may be full of them, and all of them are in the topic of parked records. */
  const isToBeTold = createSaidRarely()
  return async (batch) => {
    for (let start = 0; start < batch.records.length; start += RECORDS_PER_STEP) {
      const step = batch.records.slice(start, start + RECORDS_PER_STEP)
      const taken = await untilTaken(batch, () => takeStep(batch, step))
      const last = step.at(-1)
      if (!taken || !last) return
      await batch.done(last.offset)
    }
  }

  /** Tries again for as long as the reason is one that passes; false when the partition is not ours any more. */
  async function untilTaken(batch: RecordBatch, take: () => Promise<void>): Promise<boolean> {
    for (let waitMs = FIRST_WAIT_MS; batch.isCurrent(); waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        await take()
        return true
      } catch (error) {
        const { topic, partition } = batch
        log.warn({ err: error, topic, partition }, 'records cannot be taken now; they are tried again')
      }
      await sleep(waitMs)
      await batch.keepAlive()
    }
    return false
  }

  async function takeStep(batch: RecordBatch, records: readonly SourceRecord[]): Promise<void> {
    const { topic, partition } = batch
    const parked: ParkedRecord[] = []
    const setAside = (record: SourceRecord, error: { code: string; reason: string }): void => {
      parked.push({ topic, partition, record, ...error })
    }
    const readable: { record: SourceRecord; event: JsonObject }[] = []
    for (const record of records) {
      const event = eventOf(record, batch)
      if (event instanceof MonogramError) setAside(record, { code: event.code, reason: event.message })
      else readable.push({ record, event })
    }
    const results =
      readable.length > 0
        ? await accept(
            readable.map(({ event }) => event),
            contextFor(topic),
          )
        : []
    for (const [index, result] of results.entries()) {
      const record = readable[index]?.record
      if (!record) throw new Error('more results than events')
      if (result.outcome === 'rejected') setAside(record, result)
      else onTaken?.(topic, result.outcome)
    }
    // In the order of the partition: what cannot be read is known before what is refused.
    parked.sort((a, b) => Number(BigInt(a.record.offset) - BigInt(b.record.offset)))
    if (parked.length > 0) await park.park(parked)
    for (const { record, code, reason } of parked) {
      onTaken?.(topic, 'parked')
      const told = isToBeTold(`${topic} ${code}`)
      if (!told) continue
      const more = told.untold > 0 ? { untold: told.untold } : {}
      log.error(
        { topic, partition, offset: record.offset, code, reason, ...more },
        'record parked: it is no event',
      )
    }
  }
}

function contextFor(topic: string): AcceptContext {
  return { source: `kafka:${topic}`, sourceName: `kafka:${topic}`, maxEventBytes: MAX_EVENT_BYTES }
}

/**
 * A record's event: what it lacks is taken from where it lies, so that it is the same event whenever it is read again.
 */
function eventOf(record: SourceRecord, { topic, partition }: RecordBatch): JsonObject | MonogramError {
  if (record.value === null)
    return new MonogramError('EVENT_NOT_OBJECT', 'expected a JSON object, got a record without a value')
  let event: unknown
  try {
    event = JSON.parse(record.value.toString('utf8'))
  } catch (cause) {
    return new MonogramError('BODY_NOT_JSON', (cause as Error).message, { cause })
  }
  if (!isJsonObject(event))
    return new MonogramError('EVENT_NOT_OBJECT', 'expected a JSON object, got another JSON value')
  const { messageId = `${topic}/${partition}/${record.offset}` } = event
  const hasTime = 'timestamp' in event || 'originalTimestamp' in event
  return { ...event, messageId, ...(hasTime ? {} : { timestamp: new Date(record.timestamp).toISOString() }) }
}
