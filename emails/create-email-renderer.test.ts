import { buildSchema, execute, GraphQLError, parse, type ExecutionResult } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { RequestContext } from '../core/access/request-context.ts'
import { silentLog } from '../platform/log.ts'
import { createEmailRenderer } from './create-email-renderer.ts'
import type { EmailTemplate } from './template.ts'

const context: RequestContext = {
  requestId: 'r1',
  principal: { kind: 'api-key', id: 'k', name: 'test', scopes: ['read'] },
}
const key = { kind: 'userId', value: '17850' }

const greeting: EmailTemplate = {
  name: 'greeting',
  description: 'Greets.',
  language: 'en',
  query: 'query ($by: ProfileKey!) { profile(by: $by) { firstName friends { name } } }',
  subject: () => 'Hello',
  html: (values) => `<p>${JSON.stringify(values)}</p>`,
  text: (values) => JSON.stringify(values),
}

function rendererOf(
  answer: ExecutionResult | ((request: unknown) => ExecutionResult),
): ReturnType<typeof createEmailRenderer> {
  return createEmailRenderer({
    templates: new Map([['greeting', greeting]]),
    execute: async (request) => (typeof answer === 'function' ? answer(request) : answer),
    log: silentLog(),
  })
}

test('asks the graph for the recipient, in the name of the caller, and puts the answer into the template', async () => {
  const asked: unknown[] = []
  const renderer = rendererOf((request) => {
    asked.push(request)
    return { data: { profile: { firstName: 'Ada' } } }
  })
  expect(await renderer.render({ template: 'greeting', key, context })).toEqual({
    subject: 'Hello',
    html: '<p>{"profile":{"firstName":"Ada"}}</p>',
    text: '{"profile":{"firstName":"Ada"}}',
    degraded: [],
  })
  expect(asked).toEqual([{ document: greeting.query, variables: { by: key }, context }])
})

test('an unknown template is refused with the names of those that exist', async () => {
  await expect(rendererOf({}).render({ template: 'x', key, context })).rejects.toMatchObject({
    code: 'TEMPLATE_UNKNOWN',
    message: 'there is no template "x"; there are: greeting',
  })
})

test.each([
  [key, 'nobody is known by userId "17850"'],
  [{ id: 'p_1' }, 'nobody is known by the id "p_1"'],
])('a recipient that nobody knows is told', async (unknown, message) => {
  const rendered = rendererOf({ data: { profile: null } }).render({
    template: 'greeting',
    key: unknown,
    context,
  })
  await expect(rendered).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN', message })
})

const failed = (path?: (string | number)[]): GraphQLError =>
  new GraphQLError('broken', { ...(path && { path }), extensions: { code: 'SUBGRAPH_FAILED' } })

describe('a part that fails leaves its place to the template, and is named', () => {
  test.each<[string, ExecutionResult, string[]]>([
    [
      'one field, once for all its places in a list',
      {
        data: { profile: { firstName: 'Ada', friends: [{ name: null }, { name: null }] } },
        errors: [failed(['profile', 'friends', 0, 'name']), failed(['profile', 'friends', 1, 'name'])],
      },
      ['profile.friends.name'],
    ],
    ['the whole profile', { data: { profile: null }, errors: [failed(['profile'])] }, ['profile']],
    ['everything', { data: null, errors: [failed()] }, ['profile']],
  ])('%s', async (_, answer, degraded) => {
    const email = await rendererOf(answer).render({ template: 'greeting', key, context })
    expect(email).toMatchObject({ subject: 'Hello', degraded })
  })
})

test('a key that the graph refuses is told to the caller', async () => {
  const error = new GraphQLError('by: …', { path: ['profile'], extensions: { code: 'BAD_USER_INPUT' } })
  const rendered = rendererOf({ data: { profile: null }, errors: [error] }).render({
    template: 'greeting',
    key,
    context,
  })
  await expect(rendered).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: 'by: …' })
})

test('a query that does not fit the graph is a mistake of the template', async () => {
  const error = new GraphQLError('Cannot query field', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
  await expect(
    rendererOf({ errors: [error] }).render({ template: 'greeting', key, context }),
  ).rejects.toMatchObject({
    code: 'TEMPLATE_INVALID',
    message: 'the query of "greeting": Cannot query field',
  })
})

test('takes what graphql-js answers, objects without a prototype included', async () => {
  const schema = buildSchema('type Query { profile: P } type P { firstName: String }')
  const renderer = rendererOf(
    () =>
      execute({
        schema,
        document: parse('{ profile { firstName } }'),
        rootValue: { profile: { firstName: 'Ada' } },
      }) as ExecutionResult,
  )
  const email = await renderer.render({ template: 'greeting', key, context })
  expect(email.text).toBe('{"profile":{"firstName":"Ada"}}')
})
