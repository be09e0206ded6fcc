import { parseArgs } from 'node:util'
import { MonogramError } from '../core/errors.ts'
import { didYouMean } from '../platform/nearest.ts'
import type { Command, CommandInput } from './command.ts'

export type Parsed =
  | { kind: 'version' }
  /** Null: of the whole program. */
  | { kind: 'help'; command: Command | null }
  | { kind: 'run'; command: Command; input: CommandInput }

/** USAGE for what is not understood, with the word that was probably meant. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): Parsed {
  const [first] = argv
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    return { kind: 'help', command: null }
  }
  if (first === '--version') return { kind: 'version' }
  const { command, rest } = findCommand(argv, commands)
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', command }
  return { kind: 'run', command, input: parseInput(command, rest) }
}

function findCommand(
  argv: readonly string[],
  commands: readonly Command[],
): { command: Command; rest: readonly string[] } {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ')
    const command = commands.find((candidate) => candidate.name === name)
    if (command) return { command, rest: argv.slice(words) }
  }
  const names = commands.map(({ name }) => name)
  const [first = ''] = argv
  const family = names.filter((name) => name.startsWith(`${first} `))
  if (family.length > 0)
    throw usage(`"${first}" needs one of ${family.map((n) => n.slice(first.length + 1)).join(', ')}`)
  throw usage(`there is no command "${first}"${didYouMean(first, names)} \`monogram --help\` lists them`)
}

function parseInput(command: Command, args: readonly string[]): CommandInput {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(command, token.rawName, token.name, token.value)
  }
  if (positionals.length !== command.positionals.length) {
    const expected = command.positionals.join(' ') || 'no further words'
    throw usage(`${command.name}: expected ${expected}, got ${positionals.join(' ') || 'nothing'}`, command)
  }
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => texts(values[name])[0] ?? null,
    texts: (name) => texts(values[name]),
  }
}

function checkOption(command: Command, rawName: string, name: string, value: string | undefined): void {
  const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
  if (!option) {
    const known = Object.keys(command.options).map((known) => `--${known}`)
    throw usage(`${command.name}: there is no option ${rawName}${didYouMean(rawName, known)}`, command)
  }
  if (option.type === 'string' && (value === undefined || value === '' || value.startsWith('--'))) {
    throw usage(`${command.name}: ${rawName} needs a value (${rawName} ${option.value ?? 'VALUE'})`, command)
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw usage(`${command.name}: ${rawName} takes no value, got "${value}"`, command)
  }
}

function texts(value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((entry) => typeof entry === 'string')
}

function usage(message: string, command?: Command): MonogramError {
  const hint = command ? `; \`monogram ${command.name} --help\` shows the options` : ''
  return new MonogramError('USAGE', `${message}${hint}`)
}
