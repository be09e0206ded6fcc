import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_IDENTITY_RULES } from '../../core/identity/rules.ts'
import { parseIdentityRules } from './parse-rules.ts'

test('docs/identity.md shows the defaults', () => {
  const page = readFileSync(new URL('../../docs/identity.md', import.meta.url), 'utf8')
  const shown: unknown = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? 'null')
  expect(shown).toEqual(DEFAULT_IDENTITY_RULES)
  expect(parseIdentityRules(shown, 'docs')).toEqual(DEFAULT_IDENTITY_RULES)
  expect(parseIdentityRules({}, 'nothing')).toEqual(DEFAULT_IDENTITY_RULES)
})

test('what a file leaves out is as in the defaults, of a kind of its own as of other kinds', () => {
  const rules = parseIdentityRules(
    { kinds: { email: { maxUserIds: 1 }, crm: { maxPerProfile: 1 } }, otherKinds: { maxLinks: 7 } },
    'rules.json',
  )
  expect(rules.kinds['email']).toEqual({ ...DEFAULT_IDENTITY_RULES.kinds['email'], maxUserIds: 1 })
  expect(rules.kinds['crm']).toEqual({ ...DEFAULT_IDENTITY_RULES.otherKinds, maxLinks: 7, maxPerProfile: 1 })
  expect(rules.kinds['userId']).toEqual(DEFAULT_IDENTITY_RULES.kinds['userId'])
})

test.each([
  [[], 'rules: '],
  [{ kinds: { email: { maxUserIds: -1 } } }, 'kinds.email.maxUserIds'],
  [{ kinds: { 'a:b': {} } }, 'kinds.a:b'],
  [{ blocked: [''] }, 'blocked.0'],
  [{ maxKeysPerProfile: 1 }, 'maxKeysPerProfile'],
  [{ maxMergePerProfile: 1 }, 'rules: Unrecognized key: "maxMergePerProfile"'],
])('%j is refused, and says where', (content, where) => {
  expect(() => parseIdentityRules(content, 'rules.json')).toThrow(`rules.json: ${where}`)
})
