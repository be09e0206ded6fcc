import { describe, test as runTest } from 'vitest'
import { baseCases } from './contract/bases.ts'
import { accessCases } from './contract/api-keys-and-progress.ts'
import { eventLogCases } from './contract/events.ts'
import { eventListCases } from './contract/event-lists.ts'
import { eventPurchaseCases } from './contract/event-purchases.ts'
import { eventReplayCases } from './contract/event-replays.ts'
import { identityCases } from './contract/identities.ts'
import { lifecycleCases } from './contract/lifecycle.ts'
import { productCases } from './contract/products.ts'
import { profileCases } from './contract/profiles.ts'
import { createCase, type OpenStorage } from './contract/case.ts'
import { everyMethodCases } from './contract/every-method.ts'
import { trailCases } from './contract/trails.ts'

/**
 * What every store must keep of ports.ts, as tests. `open` opens the store of the test that is running: empty at the
 * first call in a test (the adapter's `beforeEach` sees to that), the same store at a later one. It relies on nothing
 * but that each document is written atomically by itself.
 *
 * `skip` names cases that this adapter leaves out, each with the reason.
 */
export function describeStorageContract(
  name: string,
  open: OpenStorage,
  options: { skip?: Record<string, string> } = {},
): void {
  describe(`storage contract: ${name}`, () => {
    const { test, expectSkipsUsed } = createCase(open, options.skip ?? {})
    describe('events', () => {
      eventLogCases(test)
      eventListCases(test)
      eventReplayCases(test)
      eventPurchaseCases(test)
    })
    describe('trails', () => trailCases(test))
    describe('bases and sealed purchases', () => baseCases(test))
    describe('profiles', () => profileCases(test))
    describe('identities', () => identityCases(test))
    describe('products', () => productCases(test))
    describe('keys and progress', () => accessCases(test))
    describe('every method', () => everyMethodCases(test))
    describe('opening and closing', () => lifecycleCases(test))
    // Groups are read after this function: only then is it known which cases there are.
    runTest('leaves out no case that there is not', expectSkipsUsed)
  })
}
