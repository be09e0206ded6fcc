import { beforeEach } from 'vitest'
import { describeStorageContract } from '../../storage/contract.ts'
import { createMemoryStores, openMemoryStorage } from './memory-storage.ts'

let stores = createMemoryStores()
beforeEach(() => {
  stores = createMemoryStores()
})

describeStorageContract('memory', () => Promise.resolve(openMemoryStorage({ stores })))
