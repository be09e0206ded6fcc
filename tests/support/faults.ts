import { StorageError, type Storage } from '../../storage/ports.ts'

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Each call may fail before its effect or after it; reads may fail as well. */
export function withFaults(storage: Storage, random: () => number): Storage {
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]): Promise<unknown> => {
          const dice = random()
          if (dice < 0.04) throw new StorageError('failed before its effect', { retryable: true })
          const result: unknown = await Reflect.apply(value, target, args)
          if (dice > 0.96) throw new StorageError('failed after its effect', { retryable: true })
          return result
        }
      },
    })
  const { events, trails, profiles, identities, products } = storage
  return {
    ...storage,
    events: wrap(events),
    trails: wrap(trails),
    profiles: wrap(profiles),
    identities: wrap(identities),
    products: wrap(products),
  }
}
