import { MonogramError } from '../../core/errors.ts'
import type { ReplayScope } from '../../ingest/replay.ts'
import { JSON_OPTION, type Command, type CommandInput, type Output } from '../command.ts'
import { interruptible } from '../interruptible.ts'
import type { ReplayMessage, ReplayResult } from '../replay.ts'
import { table } from '../table.ts'
import { withStore } from '../with-store.ts'

/** What ends sooner needs no progress; later there is a line this often. */
const QUIET_SECONDS = 2
const LINES_EVERY_SECONDS = 5

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Release parked events, or fold profiles anew from the log, while everything goes on',
  positionals: [],
  options: {
    parked: { type: 'boolean', help: 'release the events that could not be folded' },
    profile: { type: 'string', value: 'ID', help: 'fold this profile anew' },
    since: { type: 'string', value: 'TIME', help: 'fold anew who had an event since then (RFC 3339)' },
    all: { type: 'boolean', help: 'fold everybody anew' },
    json: JSON_OPTION,
  },
  async run(input, context, { config }) {
    const scope = readScope(input)
    using interrupt = interruptible(context)
    const progress = progressLines(context)
    const result = await withStore('replay', scope, {
      config,
      openServices: context.openServices,
      // The server is of this program; what it tells of a replay is for showing only.
      onProgress: (message) => progress(message as ReplayMessage),
      signal: interrupt.signal,
    }).catch((error: unknown) => {
      if (!interrupt.signal.aborted || error instanceof MonogramError) throw error
      throw new MonogramError('REPLAY_INTERRUPTED', 'the replay was stopped; start it again to go on')
    })
    if (input.flag('json')) context.out(JSON.stringify(result, null, 2))
    else for (const line of describe(result)) context.out(line)
    return result.failed === 0 ? 0 : 1
  },
}

function readScope(input: CommandInput): ReplayScope {
  const [profile, since] = [input.text('profile'), input.text('since')]
  const scopes: ReplayScope[] = []
  if (input.flag('parked')) scopes.push({ kind: 'parked' })
  if (input.flag('all')) scopes.push({ kind: 'all' })
  if (profile !== null) scopes.push({ kind: 'profile', id: profile })
  if (since !== null) scopes.push({ kind: 'since', since: readTime(since) })
  const [scope] = scopes
  if (scope && scopes.length === 1) return scope
  throw new MonogramError('USAGE', 'replay: give one of --parked, --profile ID, --since TIME, --all')
}

function readTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(time)) return time
  throw new MonogramError(
    'USAGE',
    `replay: --since takes a time such as 2026-01-31 or 2026-01-31T09:30:00Z, got "${text}"`,
  )
}

function progressLines({ err }: Output): (message: ReplayMessage) => void {
  let lastSeconds = QUIET_SECONDS - LINES_EVERY_SECONDS
  return ({ released, trails, rebuilt, seconds }) => {
    if (seconds < QUIET_SECONDS || seconds - lastSeconds < LINES_EVERY_SECONDS) return
    lastSeconds = seconds
    const done = released > 0 ? `${count(released)} events released` : `${count(trails)} trails`
    err(`${done}, ${count(rebuilt)} changed, ${seconds.toFixed(0)} s\n`)
  }
}

function describe(result: ReplayResult): string[] {
  const { scope, resumed, released, trails, rebuilt, unchanged, newer, failed, parked, seconds } = result
  const { logBegins } = result
  const rows =
    scope === 'parked'
      ? [['events released', count(released)]]
      : [
          ['trails', `${count(trails)}${resumed ? ' (an interrupted replay was resumed)' : ''}`],
          ['as the log says', count(unchanged)],
          ['folded anew', count(rebuilt)],
          ['left to a newer version', count(newer)],
          ['could not be folded', count(failed)],
          ...(logBegins === null ? [] : [['exact since', new Date(logBegins).toISOString()]]),
        ]
  return table([...rows, ['events parked now', count(parked)], ['time', `${seconds.toFixed(1)} s`]])
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
