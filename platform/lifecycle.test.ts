import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createLifecycle } from './lifecycle.ts'
import { silentLog } from './log.ts'

function closer(closed: string[], name: string, fails = false): AsyncDisposable {
  return {
    [Symbol.asyncDispose]() {
      closed.push(name)
      return fails ? Promise.reject(new Error(`${name} does not close`)) : Promise.resolve()
    },
  }
}

test('a signal asks for the stop; everything closes once, the last first, though one fails', async () => {
  const signals = new EventEmitter()
  const lifecycle = createLifecycle({ log: silentLog(), signals })
  const closed: string[] = []
  lifecycle.add('store', closer(closed, 'store'))
  lifecycle.add('worker', closer(closed, 'worker', true))
  lifecycle.add('timer', { [Symbol.dispose]: () => closed.push('timer') })

  signals.emit('SIGTERM')
  expect(await lifecycle.stopRequested).toBe('SIGTERM')
  await Promise.all([lifecycle.close(), lifecycle.close()])
  expect(closed).toEqual(['timer', 'worker', 'store'])
  expect(signals.eventNames()).toEqual([])
})

test('a second signal is the system’s: it ends the process at once', async () => {
  const signals = new EventEmitter()
  const lifecycle = createLifecycle({ log: silentLog(), signals })
  signals.emit('SIGTERM')
  await lifecycle.stopRequested
  expect(signals.eventNames()).toEqual([])
})

test('what does not close in time does not hold up the end for ever', async () => {
  const lifecycle = createLifecycle({ log: silentLog(), signals: new EventEmitter(), closeTimeoutMs: 10 })
  lifecycle.add('stuck', { [Symbol.asyncDispose]: () => new Promise<void>(() => undefined) })
  await lifecycle.close()
})

test('nothing can be opened while the program closes', async () => {
  const lifecycle = createLifecycle({ log: silentLog(), signals: new EventEmitter() })
  await lifecycle.close()
  expect(() => lifecycle.add('late', closer([], 'late'))).toThrow('late was opened while the program closes')
})
