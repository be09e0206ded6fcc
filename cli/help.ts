import { table } from './table.ts'
import type { Command } from './command.ts'

export function overallHelp(commands: readonly Command[], version: string): string[] {
  return [
    `monogram ${version}: real-time personalization gateway for e-mail`,
    '',
    'Usage: monogram COMMAND [OPTIONS]',
    '',
    ...table(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    '`monogram COMMAND --help` shows the options of one. Settings are environment variables MONOGRAM_*;',
    '`monogram doctor` prints those in force.',
  ]
}

export function commandHelp({ name, summary, positionals, options }: Command): string[] {
  const rows = Object.entries(options).map(([option, { type, value, help, multiple }]) => [
    `  --${option}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`,
    `${help}${multiple ? ' (may be given several times)' : ''}`,
  ])
  return [
    summary,
    '',
    `Usage: monogram ${[name, ...positionals].join(' ')}${rows.length > 0 ? ' [OPTIONS]' : ''}`,
    ...(rows.length > 0 ? ['', ...table(rows)] : []),
  ]
}
