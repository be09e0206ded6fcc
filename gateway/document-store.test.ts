import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { createDocumentStore } from './document-store.ts'

test('keeps what is asked again beside a stream of what is not, within its bound', async () => {
  const document = parse('{ a b c }', { noLocation: true })
  const characters = JSON.stringify(document).length
  const store = createDocumentStore(1_000, 20 * characters)
  await store.set('warm', document)
  await store.get('warm')
  for (let i = 0; i < 100; i++) await store.set(`once ${i}`, document)
  const held = await Promise.all(Array.from({ length: 100 }, (_, i) => store.get(`once ${i}`)))
  expect(await store.get('warm')).toBe(document)
  expect(held.filter(Boolean).length).toBeLessThanOrEqual(20)
  await store.delete('warm')
  expect(await store.get('warm')).toBeUndefined()
})
