import { MonogramError } from '../../core/errors.ts'
import { createLifecycle } from '../../platform/lifecycle.ts'
import { didYouMean } from '../../platform/nearest.ts'
import { parseRoles, ROLES, type Role } from '../../platform/roles.ts'
import type { Command, CommandInput } from '../command.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Start everything in one process, with demo data on first run; or some roles of many processes',
  positionals: [],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      multiple: true,
      help: `what this process does, instead of MONOGRAM_ROLES: ${ROLES.join(', ')}`,
    },
    'no-demo': { type: 'boolean', help: 'leave the demo data out' },
  },
  async run(input, context, loaded) {
    const config = { ...loaded.config, roles: rolesOf(input) ?? loaded.config.roles }
    // Until it has started, a signal ends the process as it is: nothing acknowledged can be harmed by that.
    const log = context.createLog(config.logLevel)
    const server = await context.startServer({ config, demo: !input.flag('no-demo'), terminal: context, log })
    const lifecycle = createLifecycle({ log, signals: context.signals })
    lifecycle.add('server', server)
    await lifecycle.stopRequested
    await lifecycle.close()
    return 0
  },
}

function rolesOf(input: CommandInput): readonly Role[] | null {
  const given = input.texts('role')
  if (given.length === 0) return null
  const parsed = parseRoles(given.join(','))
  if (parsed.kind === 'roles') return parsed.roles
  throw new MonogramError(
    'USAGE',
    `start: --role ${parsed.role}: not a role${didYouMean(parsed.role, ROLES)}; roles are ${ROLES.join(', ')}`,
  )
}
