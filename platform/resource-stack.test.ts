import { expect, test } from 'vitest'
import { ResourceStack } from './resource-stack.ts'

test('closes in reverse, each though another failed, and tells the failure', async () => {
  const closed: string[] = []
  const stack = new ResourceStack()
  stack.defer(async () => closed.push('first'))
  stack.defer(() => Promise.reject(new Error('second would not close')))
  stack.defer(async () => closed.push('third'))
  await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('second would not close')
  expect(closed).toEqual(['third', 'first'])
})

test('what was moved is closed by its new owner alone', async () => {
  const closed: string[] = []
  const opener = new ResourceStack()
  opener.defer(async () => closed.push('it'))
  const owner = opener.move()
  await opener[Symbol.asyncDispose]()
  expect(closed).toEqual([])
  await owner[Symbol.asyncDispose]()
  expect(closed).toEqual(['it'])
})
