import { expect, test } from 'vitest'
import { hash128 } from '../core/hash.ts'
import { silentLog } from '../platform/log.ts'
import { createMemoryLeases } from '../stream/memory/leases.ts'
import type { Leases } from '../stream/ports.ts'
import { openWorkerSeats, type WorkerSeats } from './worker-seats.ts'
import { MAX_SHARES, shareOf, SINGLE_STEPS } from './worker-share.ts'

test.each([1, 2, 3, 5, MAX_SHARES])('among %i workers each trail and each step is one worker’s', (seats) => {
  const shares = Array.from({ length: seats }, (_, seat) => shareOf(seat, seats))
  const ids = Array.from({ length: 2_000 }, (_, i) => hash128(`trail ${i}`))
  const owners = ids.map((id) =>
    shares.flatMap(({ after, below }, seat) =>
      (after === null || id > after) && (below === null || id < below) ? [seat] : [],
    ),
  )
  expect(owners.filter((own) => own.length !== 1)).toEqual([])
  const counts = shares.map((_, seat) => owners.filter(([own]) => own === seat).length)
  expect(Math.max(...counts)).toBeLessThan((2_000 / seats) * 2 + 30)
  for (const step of SINGLE_STEPS) expect(shares.filter((share) => share.does(step))).toHaveLength(1)
})

/** Workers of one deployment, on a clock of their own: each turn of it they look once. */
function deployment() {
  let now = 0
  const leases = createMemoryLeases({ clock: () => now })
  const looks = new Set<() => void>()
  const open = (through: Leases = leases): Promise<WorkerSeats> =>
    openWorkerSeats({
      leases: through,
      log: silentLog(),
      ttlMs: 3_000,
      lookEveryMs: 1_000,
      sleep: (ms, signal) =>
        ms < 1_000
          ? new Promise((resolve) => setTimeout(resolve, ms))
          : new Promise((resolve) => {
              const wake = (): void => {
                looks.delete(wake)
                resolve()
              }
              looks.add(wake)
              signal?.addEventListener('abort', wake, { once: true })
            }),
    })
  return {
    leases,
    open,
    second: async (count = 1): Promise<void> => {
      for (let i = 0; i < count; i++) {
        now += 1_000
        for (const look of looks) look()
        await new Promise((resolve) => setTimeout(resolve, 130))
      }
    },
  }
}

const seatsOf = (workers: readonly WorkerSeats[]) => workers.map(({ seat, seats }) => [seat, seats])
type Deployment = ReturnType<typeof deployment>

/** Two that count at the same moment may see one another's hand: then the next look puts it right. */
async function settle(
  { second }: Deployment,
  workers: readonly WorkerSeats[],
  expected: unknown,
): Promise<void> {
  for (let i = 0; i < 8 && JSON.stringify(seatsOf(workers)) !== JSON.stringify(expected); i++) await second()
  expect(seatsOf(workers)).toEqual(expected)
}

test('a worker that comes gets a share, and one that goes leaves his to the others within a second', async () => {
  const world = deployment()
  await using one = await world.open()
  expect(seatsOf([one])).toEqual([[0, 1]])
  const two = await world.open()
  await using three = await world.open()
  await settle(
    world,
    [one, two, three],
    [
      [0, 3],
      [1, 3],
      [2, 3],
    ],
  )
  await two[Symbol.asyncDispose]()
  await settle(
    world,
    [one, three],
    [
      [0, 2],
      [1, 2],
    ],
  )
})

test('the share of one that dies is the others’ after its lease', async () => {
  const { leases, open, second } = deployment()
  const dead = await leases.acquire('worker-seat-0', 3_000)
  await using left = await open()
  await second()
  expect(dead).not.toBeNull()
  expect(seatsOf([left])).toEqual([[1, 2]])
  await second(3)
  expect(seatsOf([left])).toEqual([[0, 1]])
})

test('while leases cannot be had a worker does everything', async () => {
  const world = deployment()
  const { leases, open, second } = world
  let isAway = false
  const through: Leases = {
    async acquire(name, ttlMs) {
      const refuse = (): void => {
        if (isAway) throw new Error('away')
      }
      refuse()
      const lease = await leases.acquire(name, ttlMs)
      return (
        lease && {
          token: lease.token,
          renew: async () => {
            refuse()
            return lease.renew()
          },
          release: () => lease.release(),
        }
      )
    },
  }
  await using one = await open(through)
  await using two = await open(through)
  await settle(
    world,
    [one, two],
    [
      [0, 2],
      [1, 2],
    ],
  )
  isAway = true
  await second()
  expect([one, two].map(({ share }) => share.below)).toEqual([null, null])
  isAway = false
  await settle(
    world,
    [one, two],
    [
      [0, 2],
      [1, 2],
    ],
  )
})
