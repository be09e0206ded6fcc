import { expect, test } from 'vitest'
import type { Principal, Scope } from './principal.ts'
import { requireScope } from './require-scope.ts'

function principal(...scopes: Scope[]): Principal {
  return { kind: 'api-key', id: 'k1', name: 'Shop', scopes }
}

test('the scope itself, or admin, is enough', () => {
  const shop = principal('ingest')
  expect(requireScope(shop, 'ingest')).toBe(shop)
  expect(requireScope(principal('admin'), 'read').name).toBe('Shop')
})

test('another scope is FORBIDDEN, and the error names what is there and what is needed', () => {
  expect(() => requireScope(principal('ingest'), 'read')).toThrow(
    expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringMatching(/"Shop" has ingest.*read/) }),
  )
})

test('nobody is UNAUTHENTICATED', () => {
  expect(() => requireScope(null, 'read')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
})
