import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { createBrowserSessions, type BrowserSessions } from './browser-session.ts'
import { sessionRoutes } from './session-routes.ts'

const HOUR_MS = 3_600_000

function setUp(key = 'a key') {
  const world = { now: 0 }
  const open = (): BrowserSessions =>
    createBrowserSessions({ key: Buffer.from(key), clock: () => world.now, randomBytes })
  return { world, open, sessions: open() }
}

function tokenOf(path: string): string {
  return path.slice('/session/'.length)
}

function cookieOf(setCookie: string | null): string {
  return setCookie?.split(';')[0] ?? ''
}

test('a link works once and gives a session that may read, also after a restart, for twelve hours', () => {
  const { sessions, open, world } = setUp()
  const token = tokenOf(sessions.createLinkPath())
  const setCookie = sessions.redeem(token)
  expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict$/)
  expect(sessions.redeem(token)).toBeNull()

  const header = `theme=dark; ${cookieOf(setCookie)}`
  const restarted = open()
  expect(restarted.authenticate(header)).toMatchObject({ kind: 'browser-session', scopes: ['read'] })
  world.now += 12 * HOUR_MS
  expect(restarted.authenticate(header)).toBeNull()
})

test('a link is void after fifteen minutes, and of too many the oldest is void', () => {
  const { sessions, world } = setUp()
  const late = tokenOf(sessions.createLinkPath())
  world.now += HOUR_MS / 4
  expect(sessions.redeem(late)).toBeNull()

  const links = Array.from({ length: 101 }, () => tokenOf(sessions.createLinkPath()))
  expect(sessions.redeem(links[0] ?? '')).toBeNull()
  expect(sessions.redeem(links[1] ?? '')).not.toBeNull()
})

test('a cookie that was changed, or signed elsewhere, is nobody', () => {
  const { sessions } = setUp()
  const cookie = cookieOf(sessions.redeem(tokenOf(sessions.createLinkPath())))
  const [name = '', value = ''] = cookie.split('=')
  expect(sessions.authenticate(`${name}=9${value}`)).toBeNull()
  expect(sessions.authenticate(`${name}=`)).toBeNull()
  expect(sessions.authenticate(`${name}=nonsense`)).toBeNull()
  expect(setUp('another key').sessions.authenticate(cookie)).toBeNull()
})

test('over HTTP the link sets the cookie and leads to the front page; a used one is refused', async () => {
  const { sessions } = setUp()
  await using app = fastify()
  await app.register(sessionRoutes({ sessions }))
  const path = sessions.createLinkPath()

  expect((await app.inject({ method: 'HEAD', url: path })).statusCode).toBe(404)
  const first = await app.inject(path)
  expect(first.statusCode).toBe(303)
  expect(first.headers).toMatchObject({ location: '/', 'cache-control': 'no-store' })
  expect(sessions.authenticate(cookieOf(String(first.headers['set-cookie'])))).not.toBeNull()
  expect((await app.inject(path)).json()).toMatchObject({ code: 'UNAUTHENTICATED' })
})
