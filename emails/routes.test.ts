import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Principal } from '../core/access/principal.ts'
import { createHttpServer } from '../platform/http.ts'
import { silentLog } from '../platform/log.ts'
import { createEmailRenderer } from './create-email-renderer.ts'
import { loadTemplates } from './load-templates.ts'
import { emailRoutes } from './routes.ts'

const PREVIEW = '/emails/order-follow-up/preview'
const reader: Principal = { kind: 'api-key', id: 'r', name: 'reader', scopes: ['read'] }
const producer: Principal = { kind: 'api-key', id: 'p', name: 'producer', scopes: ['ingest'] }

/** Two people: 1 is called `<script>`, of 2 the recommendations do not come. All others are unknown, and `boom` is a bug. */
const people: Record<string, object> = {
  1: { data: { profile: { firstName: '<script>alert(1)</script>' } } },
  2: {
    data: { profile: { firstName: 'Ada', recommendations: null } },
    errors: [{ message: 'down', path: ['profile', 'recommendations'] }],
  },
}

let server: FastifyInstance
const asked: unknown[] = []

beforeEach(async () => {
  asked.length = 0
  server = createHttpServer({ log: silentLog() })
  await server.register(
    emailRoutes({
      renderer: createEmailRenderer({
        templates: await loadTemplates('templates'),
        execute: async ({ variables }) => {
          const by = variables['by'] as { value?: string }
          asked.push(by)
          if (by.value === 'boom') throw new Error('secret detail')
          return people[by.value ?? ''] ?? { data: { profile: null } }
        },
        log: silentLog(),
      }),
      authenticate: async ({ authorization, cookie }) => {
        if (authorization === 'Bearer producer') return producer
        return authorization === 'Bearer reader' || cookie === 'session=ok' ? reader : null
      },
      log: silentLog(),
      featured: [{ userId: '1', name: 'Tom & "Jerry" <b>' }],
    }),
  )
})

afterEach(() => server.close())

async function get(
  url: string,
  headers: Record<string, string> = { authorization: 'Bearer reader' },
): Promise<Answer> {
  const { statusCode, body, headers: answered } = await server.inject({ url, headers })
  return { status: statusCode, body, headers: answered as Record<string, string> }
}

interface Answer {
  status: number
  body: string
  headers: Record<string, string>
}

const browser = { cookie: 'session=ok', accept: 'text/html,*/*;q=0.8' }

describe('a preview', () => {
  test('shows the e-mail to a browser with a session, and nothing in it runs', async () => {
    const { status, body, headers } = await get(`${PREVIEW}?userId=1`, browser)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'; img-src /,
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).not.toMatch(/<script/i)
    expect(body).toContain('Hello, &lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('can be had as text and as JSON, and says what is missing', async () => {
    const text = await get(`${PREVIEW}?userId=2&format=text`)
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(text.headers['x-monogram-degraded']).toBe('profile.recommendations')
    expect(text.body).toContain('Hello, Ada\n')
    const json = JSON.parse((await get(`${PREVIEW}?userId=2&format=json`)).body) as Record<string, unknown>
    expect(Object.keys(json)).toEqual(['subject', 'html', 'text', 'degraded'])
    expect(json).toMatchObject({
      subject: 'A few things we picked, Ada',
      degraded: ['profile.recommendations'],
    })
  })

  test.each([
    ['userId=17850', { kind: 'userId', value: '17850' }],
    ['email=a%2Bb%40x.example', { kind: 'email', value: 'a+b@x.example' }],
    ['id=p_1', { id: 'p_1' }],
  ])('names the recipient by ?%s', async (query, by) => {
    await get(`${PREVIEW}?${query}`)
    expect(asked).toEqual([by])
  })
})

describe('who may look', () => {
  test.each([
    ['nobody', {}, 401, 'UNAUTHENTICATED'],
    ['a key that may only send', { authorization: 'Bearer producer' }, 403, 'FORBIDDEN'],
  ])('not %s', async (_, headers, status, code) => {
    for (const url of [`${PREVIEW}?userId=1`, '/emails']) {
      const answer = await get(url, headers)
      expect([answer.status, (JSON.parse(answer.body) as { error: { code: string } }).error.code]).toEqual([
        status,
        code,
      ])
    }
    expect(asked).toEqual([])
  })

  test('a browser without a session is told how to get one', async () => {
    const { status, body } = await get(`${PREVIEW}?userId=1`, { accept: 'text/html' })
    expect(status).toBe(401)
    expect(body).toContain('one-time link')
  })
})

test.each([
  [
    '/emails/nope/preview?userId=1',
    404,
    'TEMPLATE_UNKNOWN',
    'there is no template "nope"; there are: order-follow-up',
  ],
  [`${PREVIEW}?userId=99`, 404, 'RECIPIENT_UNKNOWN', 'nobody is known by userId "99"'],
  [PREVIEW, 400, 'BAD_USER_INPUT', 'the preview names nobody; expected one of userId, email'],
  [
    `${PREVIEW}?userId=1&email=a`,
    400,
    'BAD_USER_INPUT',
    'the preview names userId and email; expected one of',
  ],
  [`${PREVIEW}?userId=1&userId=2`, 400, 'BAD_USER_INPUT', '?userId=: expected one value that is not empty'],
  [`${PREVIEW}?user=1`, 400, 'BAD_USER_INPUT', '?user=: not known; expected one of userId'],
  [`${PREVIEW}?userId=1&format=pdf`, 400, 'BAD_USER_INPUT', '?format=pdf: not known'],
  [`${PREVIEW}?userId=boom`, 500, 'INTERNAL', 'something went wrong on our side'],
])('%s is refused, with JSON for programs and a page for people', async (url, status, code, message) => {
  const program = await get(url)
  expect(program.status).toBe(status)
  expect(JSON.parse(program.body)).toMatchObject({
    error: { code, message: expect.stringContaining(message) as string },
  })
  const person = await get(url, browser)
  expect(person.status).toBe(status)
  expect(person.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(person.body).toContain(code)
  expect(program.body + person.body).not.toContain('secret detail')
})

test('an error page shows what was asked as text', async () => {
  const { body } = await get(`${PREVIEW}?%3Cscript%3E=1`, browser)
  expect(body).toContain('?&lt;script&gt;=: not known')
})

test('the list names the templates, for a browser with previews of featured people', async () => {
  const list = JSON.parse((await get('/emails')).body) as { templates: { name: string }[] }
  expect(list.templates.map(({ name }) => name)).toContain('order-follow-up')
  const { body } = await get('/emails', browser)
  expect(body).toContain(`<a href="${PREVIEW}?userId=1">Tom &amp; &quot;Jerry&quot; &lt;b&gt;</a>`)
})
