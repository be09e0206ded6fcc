import { createLifecycle } from '../../platform/lifecycle.ts'
import type { Command } from '../command.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Start everything in one process; loads the demo data on first run',
  positionals: [],
  options: { 'no-demo': { type: 'boolean', help: 'leave the demo data out' } },
  async run(input, context, { config }) {
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
