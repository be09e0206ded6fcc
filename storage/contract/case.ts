import { test } from 'vitest'
import type { Storage } from '../ports.ts'

export type OpenStorage = () => Promise<Storage>

/** One case of the contract, named as the guarantee it shows. `reopen` closes the store and opens it again. */
export type ContractCase = (
  name: string,
  body: (storage: Storage, reopen: () => Promise<Storage>) => Promise<void>,
) => void

export function createCase(
  open: OpenStorage,
  skip: Readonly<Record<string, string>>,
): { test: ContractCase; expectSkipsUsed: () => void } {
  const unused = new Set(Object.keys(skip))

  const runCase: ContractCase = (name, body) => {
    const reason = skip[name]
    unused.delete(name)
    if (reason !== undefined) {
      test.skip(`${name} (left out: ${reason})`, () => undefined)
      return
    }
    test(name, async () => {
      let storage = await open()
      const reopen = async (): Promise<Storage> => {
        await storage[Symbol.asyncDispose]()
        storage = await open()
        return storage
      }
      try {
        await body(storage, reopen)
      } finally {
        await storage[Symbol.asyncDispose]()
      }
    })
  }

  return {
    test: runCase,
    expectSkipsUsed: () => {
      if (unused.size > 0) throw new Error(`There is no such case to leave out: ${[...unused].join(', ')}`)
    },
  }
}
