import { SCOPES } from '../../core/access/principal.ts'
import { MonogramError } from '../../core/errors.ts'
import { JSON_OPTION, type CliContext, type Command } from '../command.ts'
import { inStore } from '../in-store.ts'
import { isDistributed } from '../role-set.ts'
import { table } from '../table.ts'

const create: Command = {
  name: 'keys create',
  summary: 'Make an API key; it is shown this once',
  positionals: [],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what the key is for' },
    scope: { type: 'string', value: 'SCOPE', multiple: true, help: `what it may do: ${SCOPES.join(', ')}` },
    'new-secret': {
      type: 'boolean',
      help: 'MONOGRAM_SECRET is another from now on: all keys that were made before are void, and servers start with it alone',
    },
    json: JSON_OPTION,
  },
  async run(input, context, config) {
    const name = input.text('name')
    const scopes = [...input.texts('scope')]
    if (name === null || scopes.length === 0) {
      throw new MonogramError('USAGE', 'keys create: --name NAME and at least one --scope SCOPE are needed')
    }
    const newSecret = input.flag('new-secret')
    if (newSecret && !isDistributed(config.config)) {
      throw new MonogramError(
        'USAGE',
        'keys create: --new-secret is for processes that share a store, and MONOGRAM_STORAGE_URL names none: leave it ' +
          'out, a data folder takes any secret; or set MONOGRAM_STORAGE_URL as those processes have it',
      )
    }
    const created = await inStore('keys.create', { name, scopes, newSecret }, context, config)
    if (input.flag('json')) printJson(context, created)
    else {
      context.out(created.key)
      context.err(`Keep it: it is not shown again. Key ${created.id} may ${created.scopes.join(', ')}.\n`)
    }
    return 0
  },
}

const list: Command = {
  name: 'keys list',
  summary: 'Show the API keys, without their secrets',
  positionals: [],
  options: { json: JSON_OPTION },
  async run(input, context, config) {
    const keys = await inStore('keys.list', null, context, config)
    if (input.flag('json')) printJson(context, keys)
    else {
      const rows = keys.map(({ id, name, scopes, createdAt, revokedAt }) => [
        id,
        name,
        scopes.join(','),
        day(createdAt),
        revokedAt === null ? 'active' : `revoked ${day(revokedAt)}`,
      ])
      for (const line of table([['ID', 'NAME', 'SCOPES', 'CREATED', 'STATE'], ...rows])) context.out(line)
    }
    return 0
  },
}

const revoke: Command = {
  name: 'keys revoke',
  summary: 'End an API key, at once',
  positionals: ['ID'],
  options: { json: JSON_OPTION },
  async run(input, context, config) {
    const [id = ''] = input.positionals
    const revoked = await inStore('keys.revoke', { id }, context, config)
    if (input.flag('json')) printJson(context, revoked)
    else context.out(`Key ${revoked.id} (${revoked.name}) is revoked.`)
    return 0
  },
}

export const keysCommands: readonly Command[] = [create, list, revoke]

function printJson({ out }: CliContext, value: unknown): void {
  out(JSON.stringify(value, null, 2))
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
