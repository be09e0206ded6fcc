import { MonogramError } from '../../core/errors.ts'
import { hash128 } from '../../core/hash.ts'
import { isJsonObject } from '../../core/json.ts'
import { MAX_EVENT_BYTES } from './event-sender.ts'
import type { ImportRun } from './import-run.ts'
import { importStream } from './import-stream.ts'
import { readLines, type Line } from './read-lines.ts'
import type { RejectedRow } from './row.ts'

const MAX_TEXT_SHOWN = 2_000

/** Each line is one event as Segment's HTTP API takes it. */
export async function importNdjson(run: ImportRun): Promise<void> {
  await importStream(run, readLines(run.input.stream, MAX_EVENT_BYTES), {
    skips: () => false,
    take: (line) => takeLine(run, line),
  })
}

function takeLine(run: ImportRun, { line, text }: Line): boolean {
  if (text === null) {
    const reason = `the line is longer than ${MAX_EVENT_BYTES} bytes`
    return refuse(run, { line, code: 'EVENT_TOO_LARGE', reason, row: null })
  }
  const parsed = parse(text)
  if ('reason' in parsed) {
    if (run.tally.rows === 1 && !text.startsWith('{')) throw notEvents(run.path)
    const row = text.slice(0, MAX_TEXT_SHOWN)
    return refuse(run, { line, code: 'IMPORT_ROW_INVALID', reason: parsed.reason, row })
  }
  return run.sender.add({
    raw: withMessageId(parsed.value, text),
    bytes: text.length,
    rejectedRows: (code, reason) => [{ line, code, reason, row: parsed.value }],
  })
}

function parse(text: string): { value: unknown } | { reason: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function refuse(run: ImportRun, row: RejectedRow): false {
  run.tally.events.rejected++
  run.rejected.add([row])
  return false
}

/** An event without an id of its own gets one from its text, so that importing it again is recognised. */
function withMessageId(event: unknown, text: string): unknown {
  if (!isJsonObject(event) || (event['messageId'] ?? null) !== null) return event
  return { ...event, messageId: `import-${hash128(text)}` }
}

function notEvents(path: string): MonogramError {
  return new MonogramError(
    'IMPORT_MAPPING_INVALID',
    `${path}: expected one JSON event a line; a CSV file needs a mapping (--mapping FILE), see docs/import.md`,
  )
}
