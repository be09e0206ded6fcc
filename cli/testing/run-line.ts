import { EventEmitter } from 'node:events'
import { silentLog } from '../../platform/log.ts'
import type { CliContext } from '../command.ts'
import { openServices } from '../open-services.ts'
import { runCli } from '../run-cli.ts'

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs one line as it would be typed in `cwd`, on the data folder that `env` names and with its real services, but for
 * what `context` puts in their place.
 */
export async function runLine(
  line: string,
  { cwd, env, ...context }: Pick<CliContext, 'cwd' | 'env'> & Partial<CliContext>,
): Promise<Outcome> {
  const printed = { stdout: '', stderr: '' }
  const code = await runCli(line.split(' ').filter(Boolean), {
    env,
    cwd,
    signals: new EventEmitter(),
    version: '1.2.3',
    out: (text) => (printed.stdout += `${text}\n`),
    err: (text) => (printed.stderr += text),
    errIsTerminal: false,
    createLog: () => silentLog(),
    openServices: (config) => openServices(config, silentLog()),
    startServer: () => Promise.reject(new Error('no server here')),
    ...context,
  })
  return { code, ...printed }
}
