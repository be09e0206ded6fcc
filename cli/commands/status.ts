import { isShared } from '../../storage/open-storage.ts'
import { redactUrl } from '../../storage/redact-url.ts'
import { askProcesses, describeProcess } from '../ask-processes.ts'
import type { ParkedReport } from '../command-handlers.ts'
import { JSON_OPTION, type Command } from '../command.ts'
import { inStore } from '../in-store.ts'
import { signerOf } from '../open-stream.ts'
import { table } from '../table.ts'

export const statusCommand: Command = {
  name: 'status',
  summary: 'What is stored, what is waiting, and whether a server runs',
  positionals: [],
  options: {
    json: JSON_OPTION,
    'state-hash': {
      type: 'boolean',
      help: 'hash what all profiles say, once all is folded: equal after a restore or a replay',
    },
  },
  async run(input, context, config) {
    const state = input.flag('state-hash') ? await inStore('stateHash', null, context, config) : null
    const status = await inStore('status', null, context, config)
    const { storageUrl, subgraphUrls } = config.config
    const shared = isShared(storageUrl)
      ? {
          store: redactUrl(storageUrl),
          processes: await askProcesses(subgraphUrls, signerOf(config.config)),
        }
      : null
    if (input.flag('json')) {
      context.out(JSON.stringify({ ...status, ...shared, ...(state && { stateHash: state.hash }) }, null, 2))
      return 0
    }
    const { server, events } = status
    const lines = table([
      ...(shared
        ? [
            ['store', shared.store],
            ...shared.processes.map((found) => [`subgraph ${found.subgraph}`, describeProcess(found)]),
          ]
        : [
            ['data folder', status.dataDir],
            [
              'server',
              server ? `${server.url} (process ${server.pid}, up ${server.uptimeSeconds} s)` : 'not running',
            ],
          ]),
      ['events', `${events.events} (${events.pending} to be folded, ${events.parked} parked)`],
      ...(status.logBegins === null ? [] : [['events kept since', new Date(status.logBegins).toISOString()]]),
      ['conflicts', String(events.conflicts)],
      ['profiles', String(status.profiles)],
      ['products', String(status.products)],
      ['API keys', `${status.apiKeys} active`],
      ...(state ? [['state hash', state.hash]] : []),
    ])
    for (const line of lines) context.out(line)
    for (const parked of status.parkedEvents) context.out(describeParked(parked))
    const more = events.parked - status.parkedEvents.length
    if (more > 0) context.out(`and ${more} more`)
    if (events.parked > 0) {
      context.out('`monogram replay --parked` releases what is parked, once a version that can fold it runs.')
    }
    return 0
  },
}

const MAX_ERROR_LENGTH = 200

function describeParked({ id, name, identity, error, foldVersion, trailVersion }: ParkedReport): string {
  const why = (error ?? 'no error is known').slice(0, MAX_ERROR_LENGTH)
  return `parked: ${name} of ${identity} (event ${id}): ${why} (fold ${foldVersion ?? 'unknown'}, trail version ${trailVersion})`
}
