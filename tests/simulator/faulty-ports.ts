import { StorageError, type Storage } from '../../storage/ports.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import type { Random } from './random.ts'
import type { Scheduler, SimulatedProcess } from './scheduler.ts'

export interface FaultyPortsOptions {
  scheduler: Scheduler
  process: SimulatedProcess
  random: Random
  /** The share of calls that fail before, and after, their effect; and of safe ones that take effect again later. */
  faults: () => number
  /** The share of decisive calls before which the process is paused for a while. */
  pauses: () => number
  /** Hears of each call that has taken effect, before anything else happens. */
  onEffect: (call: string, args: readonly unknown[], result: unknown) => void
}

/** Calls before which the world may change so that their caller's knowledge is old. */
const DECISIVE = new Set([
  'events.readPending',
  'events.mark',
  'events.readFolded',
  'events.deleteFolded',
  'trails.get',
  'trails.put',
  'trails.bases',
  'trails.putBases',
  'trails.findByHomes',
  'trails.findDirty',
  'trails.clearDirty',
  'profiles.put',
  'profiles.trimOutbox',
  'sealedPurchases.put',
  'identities.insertBatch',
  'identities.putRows',
  'feed.append',
])

/** Calls that their port allows to be repeated: a network may deliver them twice, the second time much later. */
const REPEATABLE = new Set([
  'events.append',
  'events.mark',
  'events.clearLinks',
  'events.release',
  'events.deleteFolded',
  'trails.clearDirty',
  'profiles.trimOutbox',
  'identities.putRows',
  'identities.recordPairs',
  'identities.settlePairs',
  'identities.settleUndos',
  'identities.setBatchDone',
])

/**
 * The ports as one process has them: before each effect and before each answer another process may be chosen, a call
 * may fail on either side of its effect, and the answer never comes to a process that died meanwhile.
 */
export function faultyPorts(
  storage: Storage,
  feed: ChangeFeed,
  options: FaultyPortsOptions,
): { storage: Storage; feed: ChangeFeed } {
  const { events, trails, profiles, identities, products, sealedPurchases, progress } = storage
  return {
    storage: {
      ...storage,
      events: faulty('events', events, options),
      trails: faulty('trails', trails, options),
      profiles: faulty('profiles', profiles, options),
      identities: faulty('identities', identities, options),
      products: faulty('products', products, options),
      sealedPurchases: faulty('sealedPurchases', sealedPurchases, options),
      progress: faulty('progress', progress, options),
    },
    feed: faulty('feed', feed, options),
  }
}

function faulty<Port extends object>(name: string, port: Port, options: FaultyPortsOptions): Port {
  const { scheduler, process, random, faults, pauses, onEffect } = options
  return new Proxy(port, {
    get(target, property, receiver) {
      const method: unknown = Reflect.get(target, property, receiver)
      if (typeof method !== 'function') return method
      const call = `${name}.${String(property)}`
      return async (...args: unknown[]): Promise<unknown> => {
        const effect = async (): Promise<unknown> => {
          const result: unknown = await Reflect.apply(method, target, args)
          onEffect(call, args, result)
          return result
        }
        if (DECISIVE.has(call) && random.chance(pauses())) {
          process.pausedUntil = scheduler.steps + random.int(random.chance(0.5) ? 30 : 250)
        }
        await scheduler.point(process)
        if (random.chance(faults())) throw new StorageError(`${call}: not done`, { retryable: true })
        const result = await effect()
        if (REPEATABLE.has(call) && random.chance(faults())) void repeatLater(scheduler, random, effect)
        if (random.chance(0.3)) await scheduler.point(process)
        if (random.chance(faults())) throw new StorageError(`${call}: done, but unknown`, { retryable: true })
        return result
      }
    },
  })
}

async function repeatLater(
  scheduler: Scheduler,
  random: Random,
  effect: () => Promise<unknown>,
): Promise<void> {
  const network: SimulatedProcess = {
    name: 'network',
    alive: true,
    pausedUntil: scheduler.steps + random.int(300),
  }
  await scheduler.point(network)
  await effect()
}
