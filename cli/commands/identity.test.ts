import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { runLine, type Outcome } from '../testing/run-line.ts'
import { takeEvents } from '../testing/take-events.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-identity-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const user = homeProfile('userId:ada')

test('a merge is undone by its two identifiers, or by profile and identifier, and JSON says the versions', async () => {
  await identify({ userId: 'ada', anonymousId: 'kiosk', traits: { email: 'Ada@Example.com' } })
  const byPair = await run('identity undo --key anonymousId:kiosk --key userId:ada --json')
  expect(byPair).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(byPair.stdout)).toMatchObject({
    links: [{ pair: ['anonymousId:kiosk', 'userId:ada'] }],
    profiles: expect.arrayContaining([{ id: user, version: expect.any(Number) }]),
  })
  const byKey = await run(`identity undo --profile ${user} --key email:ADA@example.com`)
  expect(byKey).toMatchObject({ code: 0, stderr: '' })
  expect(byKey.stdout).toContain('email:ada@example.com and userId:ada are no longer linked.')
  expect(await run(`identity undo --profile ${user} --key email:ada@example.com`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('LINK_UNKNOWN'),
  })
})

test.each([
  ['identity undo --key userId:ada', 'expected --key KIND:VALUE twice'],
  ['identity undo --key ada --key email:a@x.io', 'expected an identifier such as userId:17850'],
  ['identity undo --key userId:ada --key userId:ada', 'two different identifiers'],
  ['identity dry-run', '--rules FILE is needed'],
])('%s is not understood, and says why', async (line, message) => {
  const { code, stderr } = await run(line)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
})

test('a dry run says what other rules would do; rules in force are read from the file', async () => {
  await identify({ userId: 'ada', traits: { email: 'team@example.com' } })
  await identify({ userId: 'bob', traits: { email: 'team@example.com' } })
  const rules = join(dir, 'rules.json')
  await writeFile(rules, JSON.stringify({ kinds: { email: { maxUserIds: 1 } } }))
  const said = await run('identity dry-run --rules rules.json')
  expect(said).toMatchObject({ code: 0, stderr: '' })
  expect(said.stdout).toMatch(/would split +1\n[^]*quarantine email:team@example\.com/)

  // Every process on the folder has the same rules: one with others would ask refused links again under its own.
  const env = { MONOGRAM_IDENTITY_RULES: rules }
  await identify({ userId: 'cyd', traits: { email: 'team@example.com' } }, env)
  const json = await run('identity dry-run --rules rules.json --json', env)
  expect(JSON.parse(json.stdout)).toMatchObject({ splits: { count: 0 }, merges: { count: 0 } })
})

test('every mistake in a file of rules is told', async () => {
  await writeFile(
    join(dir, 'rules.json'),
    JSON.stringify({ kinds: { email: { maxUsers: 1 } }, maxKeysPerProfile: 'many' }),
  )
  const { code, stderr } = await run('identity dry-run --rules rules.json')
  expect(code).toBe(1)
  expect(stderr).toMatch(/IDENTITY_RULES_INVALID: .*maxUsers[^]*maxKeysPerProfile/)
  expect((await run('identity dry-run --rules none.json')).stderr).toContain('cannot be read')
})

function identify(event: object, env: Record<string, string> = {}): Promise<void> {
  return takeEvents([{ type: 'identify', ...event }], { MONOGRAM_DATA_DIR: join(dir, 'data'), ...env })
}

function run(line: string, env: Record<string, string> = {}): Promise<Outcome> {
  return runLine(line, { cwd: dir, env: { MONOGRAM_DATA_DIR: join(dir, 'data'), ...env } })
}
