import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { ImportSummary } from '../../ingest/import/import-counts.ts'
import type { ImportMessage } from '../command-handlers.ts'
import { JSON_OPTION, type CliContext, type Command } from '../command.ts'
import { interruptible } from '../interruptible.ts'
import { createProgressLine } from '../progress-line.ts'
import { table } from '../table.ts'
import { withStore } from '../with-store.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'Import a file of events (NDJSON), or of rows with a mapping (CSV), plain or gzip',
  positionals: ['FILE'],
  options: {
    mapping: {
      type: 'string',
      value: 'FILE',
      help: 'how rows of a CSV file become events: see docs/import.md',
    },
    source: { type: 'string', value: 'NAME', help: 'what the source of the events is called' },
    rejected: {
      type: 'string',
      value: 'FILE',
      help: 'where refused rows go (default: FILE.rejected.ndjson here)',
    },
    json: JSON_OPTION,
  },
  async run(input, context, { config }) {
    const [file = ''] = input.positionals
    const path = resolve(context.cwd, file)
    const mapping = input.text('mapping')
    const rejected = input.text('rejected') ?? `${basename(file)}.rejected.ndjson`
    const args = {
      path,
      mapping: mapping === null ? null : await readMapping(resolve(context.cwd, mapping)),
      source: parseSource(input.text('source')),
      rejectedPath: resolve(context.cwd, rejected),
    }
    using interrupt = interruptible(context)
    using progress = createProgressLine(context)
    const summary = await withStore('import', args, {
      config,
      openServices: context.openServices,
      // The server is of this program; what it tells of an import is for showing only.
      onProgress: (message) => progress.show(message as ImportMessage),
      signal: interrupt.signal,
    }).catch((error: unknown) => {
      if (!interrupt.signal.aborted || error instanceof MonogramError) throw error
      throw new MonogramError(
        'IMPORT_INTERRUPTED',
        `the import of ${path} was stopped; start it again to go on`,
      )
    })
    progress.clear()
    if (input.flag('json')) context.out(JSON.stringify(summary, null, 2))
    else print(summary, context)
    return succeeded(summary) ? 0 : 1
  },
}

/** Single refused rows are reported and do not fail an import; one of which nothing came in has failed. */
function succeeded({ events, rejectedRows }: ImportSummary): boolean {
  return rejectedRows === 0 || events.stored + events.duplicate + events.conflict > 0
}

async function readMapping(path: string): Promise<JsonValue> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JsonValue
  } catch (error) {
    const problem = error instanceof SyntaxError ? `is not JSON (${error.message})` : 'cannot be read'
    throw new MonogramError('IMPORT_MAPPING_INVALID', `the mapping ${path} ${problem}`, { cause: error })
  }
}

function parseSource(source: string | null): string | null {
  if (source === null || /^[\w.-]{1,60}$/.test(source)) return source
  throw new MonogramError(
    'USAGE',
    `import: --source takes 1 to 60 letters, digits, dots, dashes and underscores, got "${source}"`,
  )
}

function print(summary: ImportSummary, { out }: CliContext): void {
  const { events, rejectedFile } = summary
  const rows = [
    ['rows', `${count(summary.rows)}${summary.resumed ? ' (an interrupted import was resumed)' : ''}`],
    ['events stored', count(events.stored)],
    ['known already', count(events.duplicate)],
    ['conflicts', count(events.conflict)],
    ['products', count(summary.products)],
    ['rows skipped', count(summary.skipped)],
    ['rows refused', `${count(summary.rejectedRows)}${rejectedFile === null ? '' : `, see ${rejectedFile}`}`],
    ['time', `${summary.seconds.toFixed(1)} s, ${count(summary.rowsPerSecond)} rows/s`],
  ]
  for (const line of table(rows)) out(line)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
