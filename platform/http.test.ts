import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { MonogramError } from '../core/errors.ts'
import { createDrain } from './drain.ts'
import { createHttpServer } from './http.ts'
import { listen } from './listen.ts'
import { silentLog } from './log.ts'

function server() {
  const log = silentLog()
  const logged: unknown[] = []
  log.error = (entry: unknown) => void logged.push(entry)
  const app = createHttpServer({ log, bodyLimitBytes: 100 })
  app.post('/things/:id', async (request) => ({ got: request.body }))
  app.get('/things/:id', async () => ({}))
  app.get('/files/*', async () => ({}))
  app.get('/overloaded', async () => {
    throw new MonogramError('OVERLOADED', 'come back later')
  })
  app.get('/bug', async () => {
    throw new TypeError('secret is not a function')
  })
  return { app, logged }
}

describe('an HTTP server', () => {
  const json = { 'content-type': 'application/json' }
  test.each([
    ['nothing there', { url: '/nowhere' }, 404, 'NOT_FOUND'],
    ['another method', { url: '/things/1', method: 'PUT' as const }, 405, 'METHOD_NOT_ALLOWED'],
    [
      'another method below a wildcard',
      { url: '/files/a/b', method: 'POST' as const },
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['an address that cannot be read', { url: '/things/%zz' }, 404, 'NOT_FOUND'],
    [
      'no JSON',
      { url: '/things/1', method: 'POST' as const, headers: json, payload: '{"a"' },
      400,
      'BODY_NOT_JSON',
    ],
    [
      'no body',
      { url: '/things/1', method: 'POST' as const, headers: json, payload: '' },
      400,
      'BODY_NOT_JSON',
    ],
    [
      'a prototype',
      { url: '/things/1', method: 'POST' as const, headers: json, payload: '{"__proto__": {}}' },
      400,
      'BODY_NOT_JSON',
    ],
    [
      'too large a body',
      { url: '/things/1', method: 'POST' as const, headers: json, payload: `"${'x'.repeat(200)}"` },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'another type',
      { url: '/things/1', method: 'POST' as const, headers: { 'content-type': 'text/plain' }, payload: 'x' },
      415,
      'UNSUPPORTED_ENCODING',
    ],
    ['an error of the catalogue', { url: '/overloaded' }, 429, 'OVERLOADED'],
  ])('answers %s with a code of the catalogue', async (_name, request, status, code) => {
    const { app, logged } = server()
    const response = await app.inject(request)
    expect(response.statusCode).toBe(status)
    const requestId = response.headers['x-request-id']
    expect(response.json()).toEqual({ error: { code, message: expect.any(String), requestId } })
    expect(logged).toEqual([])
  })

  test('names the methods that an address answers to', async () => {
    const response = await server().app.inject({ url: '/things/1', method: 'DELETE' })
    expect(response.headers['allow']).toBe('GET, HEAD, POST')
  })

  test('hides what it did wrong itself, and logs it under the id that the caller gets', async () => {
    const { app, logged } = server()
    const response = await app.inject({
      url: '/bug',
      headers: { 'request-id': 'mine', 'x-request-id': 'mine' },
    })
    const requestId = response.headers['x-request-id']
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret')
    expect(requestId).not.toBe('mine')
    expect(logged).toMatchObject([{ requestId, err: { message: 'secret is not a function' } }])
  })

  test('while it drains it serves, and closes each connection after its answer', async () => {
    const drain = createDrain()
    const app = createHttpServer({ log: silentLog(), drain })
    app.get('/', () => ({ done: true }))
    expect((await app.inject({ url: '/' })).headers['connection']).not.toBe('close')
    drain.begin()
    const response = await app.inject({ url: '/' })
    expect([response.statusCode, response.headers['connection']]).toEqual([200, 'close'])
  })

  test('finishes what is under way when it closes', async () => {
    const { app } = server()
    let finish: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      app.get('/slow', async () => {
        resolve()
        await new Promise<void>((end) => (finish = end))
        return { done: true }
      })
    })
    const { url } = await listen(app, { host: '127.0.0.1', port: 0 })
    const answer = fetch(`${url}/slow`).then((response) => response.json())
    await begun
    const closed = app.close()
    finish()
    expect(await answer).toEqual({ done: true })
    await closed
  })
})

describe('listening', () => {
  test('on a port that is taken says so and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { app } = server()
    await expect(listen(app, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `port ${port} is taken by another process: stop that one, or set MONOGRAM_PORT to a free port`,
    })
    await app.close()
    other.close()
  })

  test('on an address of another machine says so', async () => {
    const { app } = server()
    await expect(listen(app, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await app.close()
  })
})
