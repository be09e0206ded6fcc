import { expect, test } from 'vitest'
import { MonogramError } from '../core/errors.ts'
import { createDrain } from './drain.ts'
import { healthRoutes, type HealthOptions } from './health.ts'
import { createHttpServer } from './http.ts'
import { silentLog } from './log.ts'

async function ask(options: HealthOptions, url: string) {
  const app = createHttpServer({ log: silentLog() })
  await app.register(healthRoutes(options))
  const response = await app.inject({ url })
  return { status: response.statusCode, body: response.json<unknown>() }
}

test('a process is live whatever its checks say', async () => {
  const checks = { store: () => Promise.reject(new Error('down')) }
  expect(await ask({ checks }, '/healthz/live')).toEqual({ status: 200, body: { status: 'live' } })
})

test('a process is ready when all its checks pass', async () => {
  const checks = { store: () => undefined, worker: () => Promise.resolve() }
  expect(await ask({ checks }, '/healthz/ready')).toEqual({ status: 200, body: { status: 'ready' } })
})

test('a process that is not ready names each check that fails, and tells no more than the catalogue does', async () => {
  const checks = {
    store: () => Promise.reject(new MonogramError('STORAGE_UNAVAILABLE', 'the store is away')),
    bug: () => {
      throw new Error('secret')
    },
    stuck: () => new Promise<void>(() => undefined),
    fine: () => undefined,
  }
  expect(await ask({ checks, checkTimeoutMs: 5 }, '/healthz/ready')).toEqual({
    status: 503,
    body: {
      status: 'not ready',
      failing: { store: 'the store is away', bug: 'failed', stuck: 'no answer within 5 ms' },
    },
  })
})

test('a process that drains is live and not ready', async () => {
  const drain = createDrain()
  drain.begin()
  expect(await ask({ checks: {}, drain }, '/healthz/live')).toMatchObject({ status: 200 })
  expect(await ask({ checks: {}, drain }, '/healthz/ready')).toEqual({
    status: 503,
    body: { status: 'not ready', failing: { process: 'stopping' } },
  })
})
