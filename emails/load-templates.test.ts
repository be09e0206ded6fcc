import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { loadTemplates } from './load-templates.ts'

const good = {
  'hello.mjml': `<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ profile.firstName | default: "you" }}</mj-text>
</mj-column></mj-section></mj-body></mjml>`,
  'hello.graphql': 'query Hello($by: ProfileKey!) { profile(by: $by) { firstName } }',
  'hello.json': '{ "subject": "Hi {{ profile.firstName }}", "description": "Says hello." }',
}

const schema = buildSchema(`
  type Query { profile(by: ProfileKey!): Profile }
  input ProfileKey { id: ID kind: String value: String }
  type Profile { firstName: String }
`)

async function load(files: Record<string, string | null>): ReturnType<typeof loadTemplates> {
  const folder = await mkdtemp(join(tmpdir(), 'monogram-templates-'))
  try {
    for (const [name, text] of Object.entries({ ...good, ...files }))
      if (text !== null) await writeFile(join(folder, name), text)
    return await loadTemplates(folder, { schema })
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(`${folder}/`, '')
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a template is ready to render: subject, page and text', async () => {
  const template = (await load({})).get('hello')
  const values = { profile: { firstName: 'A & <b>' } }
  expect(template?.subject(values)).toBe('Hi A & <b>')
  expect(template?.html(values)).toContain('Hello A &amp; &lt;b&gt;</div>')
  expect(template?.text(values)).toBe('Hello A & <b>\n')
  expect(template?.text({})).toBe('Hello you\n')
})

test('a subject is one line without control characters, whatever the values hold', async () => {
  const template = (await load({})).get('hello')
  const values = { profile: { firstName: 'A\r\nBcc: x@y.example\u2028B\u0007' } }
  expect(template?.subject(values)).toBe('Hi A Bcc: x@y.example B')
})

describe('a mistake is told with its file and line', () => {
  test.each<[string, Record<string, string | null>, string]>([
    [
      'a filter that is not there',
      { 'hello.mjml': good['hello.mjml'].replace('default', 'defualt') },
      'hello.mjml:2: undefined filter: defualt',
    ],
    [
      'a tag that is not closed',
      { 'hello.mjml': good['hello.mjml'].replace('Hello', '{% if x %}') },
      'hello.mjml:2: tag {% if x %} not closed',
    ],
    [
      'a component that is not there',
      { 'hello.mjml': good['hello.mjml'].replaceAll('mj-text', 'mj-txt') },
      "hello.mjml:2: line 2, <mj-txt>: Element mj-txt doesn't exist or is not registered",
    ],
    [
      'a subject that is not Liquid',
      { 'hello.json': '{ "subject": "{{ a", "description": "x" }' },
      'hello.json:1: output "{{ a" not closed',
    ],
    [
      'a setting that is not known',
      { 'hello.json': '{ "subject": "a", "descripton": "x" }' },
      'hello.json: description: Invalid input: expected string, received undefined; settings: Unrecognized key: "descripton"',
    ],
    [
      'a language that is none',
      { 'hello.json': '{ "subject": "a", "description": "x", "language": "English!" }' },
      'hello.json: language: expected a language tag such as en-GB',
    ],
    ['settings that are not JSON', { 'hello.json': '{' }, 'hello.json: Expected property name'],
    [
      'a query that is not GraphQL',
      { 'hello.graphql': 'query {\n  profile(' },
      'hello.graphql:2: Syntax Error: Expected Name, found <EOF>.',
    ],
    [
      'a query that does not fit the graph',
      { 'hello.graphql': 'query A($by: ProfileKey!) {\n  profile(by: $by) { name } }' },
      'hello.graphql:2: Cannot query field "name" on type "Profile".',
    ],
    [
      'a query of somebody else',
      { 'hello.graphql': 'query A($id: ID!) { profile(by: { id: $id }) { firstName } }' },
      'hello.graphql:1: expected $by: ProfileKey! as the only required variable, got $id',
    ],
    [
      'a query without the profile',
      { 'hello.graphql': 'query A($by: ProfileKey!) { p: profile(by: $by) { firstName } }' },
      'hello.graphql:1: expected the query to ask for `profile(by: $by)`',
    ],
    [
      'a mutation',
      { 'hello.graphql': 'mutation A { profile }' },
      'hello.graphql:1: expected exactly one query, got 1 mutation',
    ],
    [
      'a file that is missing',
      { 'hello.graphql': null },
      'hello.graphql: cannot be read (ENOENT); a template is a .mjml, a .graphql and a .json file',
    ],
    [
      'a name that no address can have',
      { 'Hello You.mjml': '' },
      'Hello You.mjml: a template is named with small letters, digits and single hyphens',
    ],
  ])('%s', async (_, files, message) => {
    await expect(load(files)).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      message: expect.stringContaining(message) as string,
    })
  })
})
