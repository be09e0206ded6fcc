import { resolve } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import { identityKey, splitIdentityKey, type IdentityKey } from '../../core/identity/identity-key.ts'
import { normalizeIdentity } from '../../core/identity/identity-value.ts'
import type { RulesTrial } from '../../core/identity/try-rules.ts'
import { JSON_OPTION, type CliContext, type Command } from '../command.ts'
import { inStore } from '../in-store.ts'
import { readIdentityRules } from '../read-identity-rules.ts'
import { table } from '../table.ts'

const undo: Command = {
  name: 'identity undo',
  summary: 'Take a merge apart: two identifiers, or one of a profile',
  positionals: [],
  options: {
    key: {
      type: 'string',
      value: 'KIND:VALUE',
      multiple: true,
      help: 'the two identifiers that are not the same person; or one, with --profile',
    },
    profile: { type: 'string', value: 'ID', help: 'the profile that the one identifier is to leave' },
    json: JSON_OPTION,
  },
  async run(input, context, config) {
    const keys = input.texts('key').map(parseKey)
    const profileId = input.text('profile')
    if (keys.length !== (profileId === null ? 2 : 1)) {
      throw new MonogramError(
        'USAGE',
        'identity undo: expected --key KIND:VALUE twice, or once beside --profile ID',
      )
    }
    const undone = await inStore('identity.undo', { keys, profileId }, context, config)
    if (input.flag('json')) context.out(JSON.stringify(undone, null, 2))
    else {
      for (const { pair } of undone.links) context.out(`${pair.join(' and ')} are no longer linked.`)
      for (const line of table([
        ['PROFILE', 'VERSION'],
        ...undone.profiles.map(({ id, version }) => [id, String(version)]),
      ])) {
        context.out(line)
      }
    }
    return 0
  },
}

const dryRun: Command = {
  name: 'identity dry-run',
  summary: 'Show which profiles would split or merge under other rules; changes nothing',
  positionals: [],
  options: {
    rules: { type: 'string', value: 'FILE', help: 'the rules: see docs/identity.md' },
    json: JSON_OPTION,
  },
  async run(input, context, config) {
    const file = input.text('rules')
    if (file === null) throw new MonogramError('USAGE', 'identity dry-run: --rules FILE is needed')
    const rules = await readIdentityRules(resolve(context.cwd, file))
    const trial = await inStore('identity.dryRun', { rules }, context, config)
    if (input.flag('json')) context.out(JSON.stringify(trial, null, 2))
    else print(trial, context)
    return 0
  },
}

export const identityCommands: readonly Command[] = [undo, dryRun]

function parseKey(text: string): IdentityKey {
  const { kind, value } = splitIdentityKey(text)
  const normalized = text.includes(':') ? normalizeIdentity(kind, value) : null
  if (kind !== '' && normalized !== null) return identityKey(kind, normalized)
  throw new MonogramError(
    'USAGE',
    `--key: expected an identifier such as userId:17850 or email:ada@example.com, got "${text}"`,
  )
}

function print({ links, profiles, splits, merges, quarantined, decisions }: RulesTrial, context: CliContext) {
  const lines = table([
    ['links', String(links)],
    ['profiles', `${profiles.now} now, ${profiles.underRules} under these rules`],
    ['would split', String(splits.count)],
    ['would merge', String(merges.count)],
    ['quarantined', String(quarantined.count)],
    ...Object.entries(decisions).map(([decision, count]) => [`decided ${decision}`, String(count)]),
  ])
  for (const line of lines) context.out(line)
  for (const { profile, into } of splits.examples) {
    context.out(`split ${profile}: ${into.map((keys) => keys.join(', ')).join(' | ')}`)
  }
  for (const { profiles: joined, keys } of merges.examples) {
    context.out(`merge ${joined.join(', ')}: ${keys.join(', ')}`)
  }
  for (const key of quarantined.examples) context.out(`quarantine ${key}`)
}
