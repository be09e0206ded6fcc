import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorizationClassOf } from './authorization-class.ts'
import { SCOPES, type Principal } from './principal.ts'

const principals = fc.record({
  kind: fc.constantFrom<Principal['kind']>('api-key', 'browser-session', 'anonymous'),
  id: fc.constantFrom('k1', 'k2', 'private'),
  name: fc.string(),
  scopes: fc.uniqueArray(fc.constantFrom(...SCOPES)),
})

test('principals share a class exactly when both are known or both not, with the same scopes in whatever order', () => {
  fc.assert(
    fc.property(principals, principals, (a, b) => {
      const isSame =
        (a.kind === 'anonymous') === (b.kind === 'anonymous') &&
        a.scopes.toSorted().join(' ') === b.scopes.toSorted().join(' ')
      expect(authorizationClassOf(a, false) === authorizationClassOf(b, false)).toBe(isSame)
    }),
  )
})

test('a private class is shared by nobody else, and is never a shared one', () => {
  fc.assert(
    fc.property(principals, principals, (a, b) => {
      const isSame =
        a.kind === b.kind && a.id === b.id && a.scopes.toSorted().join(' ') === b.scopes.toSorted().join(' ')
      expect(authorizationClassOf(a, true) === authorizationClassOf(b, true)).toBe(isSame)
      expect(authorizationClassOf(a, true)).not.toBe(authorizationClassOf(b, false))
    }),
  )
})
