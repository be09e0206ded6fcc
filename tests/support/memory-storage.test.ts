import { beforeEach } from 'vitest'
import { describeStorageContract } from '../../storage/contract.ts'
import { createMemoryStores, openMemoryStorage } from './memory-storage.ts'

let stores = createMemoryStores()
beforeEach(() => {
  stores = createMemoryStores()
})

const NO_DRIVER = 'it has no filters and no columns that a value could be taken for something else by'

describeStorageContract('memory', () => Promise.resolve(openMemoryStorage({ stores })), {
  skip: {
    'an object where text is expected is a TypeError, or data where JSON is kept': NO_DRIVER,
    'what is no integer where a document or a position wants one is a TypeError': NO_DRIVER,
    '-0 is 0, and the largest integers are kept': 'it keeps documents as they are given',
  },
})
