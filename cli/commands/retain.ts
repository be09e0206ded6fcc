import { MonogramError } from '../../core/errors.ts'
import { MIN_RETAIN_DAYS } from '../../ingest/retain.ts'
import { JSON_OPTION, type Command, type CommandInput, type Output } from '../command.ts'
import { interruptible } from '../interruptible.ts'
import type { RetainMessage, RetainResult } from '../retain.ts'
import { table } from '../table.ts'
import { withStore } from '../with-store.ts'

/** What ends sooner needs no progress; later there is a line this often. */
const QUIET_SECONDS = 2
const LINES_EVERY_SECONDS = 5
const MAX_DAYS = 36_500

export const retainCommand: Command = {
  name: 'retain',
  summary: 'Delete old events, once what they say is sealed into the state of each person',
  positionals: [],
  options: {
    days: {
      type: 'string',
      value: 'N',
      help: `delete what happened more than N days ago, at least ${MIN_RETAIN_DAYS}; MONOGRAM_RETAIN_DAYS when left out`,
    },
    json: JSON_OPTION,
  },
  async run(input, context, { config }) {
    const days = readDays(input) ?? config.retainDays
    if (days === null) {
      throw new MonogramError(
        'USAGE',
        'retain: give --days N, or set MONOGRAM_RETAIN_DAYS; nothing was deleted',
      )
    }
    using interrupt = interruptible(context)
    const progress = progressLines(context)
    const result = await withStore(
      'retain',
      { days },
      {
        config,
        openServices: context.openServices,
        // The server is of this program; what it tells is for showing only.
        onProgress: (message) => progress(message as RetainMessage),
        signal: interrupt.signal,
      },
    ).catch((error: unknown) => {
      if (!interrupt.signal.aborted || error instanceof MonogramError) throw error
      throw new MonogramError('RETAIN_INTERRUPTED', 'it was stopped; start it again to go on')
    })
    if (input.flag('json')) context.out(JSON.stringify(result, null, 2))
    else for (const line of describe(result)) context.out(line)
    return 0
  },
}

function readDays(input: CommandInput): number | null {
  const text = input.text('days')
  if (text === null) return null
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (days >= MIN_RETAIN_DAYS && days <= MAX_DAYS) return days
  throw new MonogramError(
    'USAGE',
    `retain: --days takes a whole number from ${MIN_RETAIN_DAYS} (rolling figures look back 90 days) to ${MAX_DAYS}, got "${text}"`,
  )
}

function progressLines({ err }: Output): (message: RetainMessage) => void {
  let lastSeconds = QUIET_SECONDS - LINES_EVERY_SECONDS
  return ({ trails, deleted, seconds }) => {
    if (seconds < QUIET_SECONDS || seconds - lastSeconds < LINES_EVERY_SECONDS) return
    lastSeconds = seconds
    err(`${count(trails)} trails, ${count(deleted)} events deleted, ${seconds.toFixed(0)} s\n`)
  }
}

function describe({ before, arrivedUntil, resumed, trails, deleted, left, seconds }: RetainResult): string[] {
  return table([
    ['events kept since', new Date(before).toISOString()],
    ['and all that arrived after', new Date(arrivedUntil).toISOString()],
    ['trails', `${count(trails)}${resumed ? ' (an interrupted run was resumed)' : ''}`],
    ['events deleted', count(deleted)],
    ['left to the next run', count(left)],
    ['time', `${seconds.toFixed(1)} s`],
  ])
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
