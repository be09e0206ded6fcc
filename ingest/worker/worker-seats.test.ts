import { expect, test } from 'vitest'
import { hash128 } from '../../core/hash.ts'
import { silentLog } from '../../platform/log.ts'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { createMemoryLeases } from '../../stream/memory/leases.ts'
import type { Leases } from '../../stream/ports.ts'
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

test('a worker more than there are shares waits for one', () => {
  const share = shareOf(MAX_SHARES, MAX_SHARES + 1)
  expect(SINGLE_STEPS.some((step) => share.does(step))).toBe(false)
  expect(hash128('trail') > String(share.after)).toBe(false)
})

/** Workers of one deployment, on a clock of their own: each turn of it they look once. */
function deployment() {
  let now = 0
  const leases = createMemoryLeases({ clock: () => now })
  const looks = new Set<() => void>()
  const open = (options: { foldVersion?: number; through?: Leases } = {}): Promise<WorkerSeats> =>
    openWorkerSeats({
      leases: options.through ?? leases,
      foldVersion: options.foldVersion ?? 1,
      log: silentLog(),
      ttlMs: 3_000,
      lookEveryMs: 1_000,
      sleep: (_, signal) =>
        new Promise((resolve) => {
          const wake = (): void => {
            looks.delete(wake)
            signal?.removeEventListener('abort', wake)
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
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

const seatsOf = (workers: readonly WorkerSeats[]) => workers.map(({ seat, seats }) => [seat, seats])

test('a worker that comes gets a share, and one that goes leaves his to the others within a second', async () => {
  const { open, second } = deployment()
  await using one = await open()
  expect(seatsOf([one])).toEqual([[0, 1]])
  const two = await open()
  await using three = await open()
  await second()
  expect(seatsOf([one, two, three])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ])
  await two[Symbol.asyncDispose]()
  await second()
  expect(seatsOf([one, three])).toEqual([
    [0, 2],
    [1, 2],
  ])
})

test('the share of one that dies is the others’ when its seat has run out', async () => {
  const { leases, open, second } = deployment()
  await leases.join('workers', { id: 'dead', note: '1' }, 3_000)
  await using left = await open()
  await second()
  expect(seatsOf([left])).toEqual([[1, 2]])
  await second(3)
  expect(seatsOf([left])).toEqual([[0, 1]])
})

test('a look costs one command, however many workers there are', async () => {
  const { leases, open, second } = deployment()
  let commands = 0
  const through: Leases = {
    ...leases,
    join: (...args) => {
      commands++
      return leases.join(...args)
    },
  }
  await using stack = new ResourceStack()
  for (let i = 0; i < 20; i++) stack.use(await open({ through }))
  commands = 0
  await second()
  expect(commands).toBe(20)
})

test('while seats cannot be had a worker does everything', async () => {
  const { leases, open, second } = deployment()
  let isAway = false
  const through: Leases = {
    ...leases,
    join: (...args) => (isAway ? Promise.reject(new Error('away')) : leases.join(...args)),
  }
  await using one = await open({ through })
  await using two = await open({ through })
  await second()
  const both = [
    [0, 2],
    [1, 2],
  ]
  expect(seatsOf([one, two])).toEqual(both)
  isAway = true
  await second()
  expect([one, two].map(({ share }) => share.below)).toEqual([null, null])
  isAway = false
  await second()
  expect(seatsOf([one, two])).toEqual(both)
})

test('a worker knows that nobody has a newer fold when it has seen none for a while', async () => {
  const { open, second } = deployment()
  await using older = await open()
  const newer = await open({ foldVersion: 2 })
  await second(6)
  expect([older.isNewest, newer.isNewest]).toEqual([false, true])
  await newer[Symbol.asyncDispose]()
  await second(3)
  expect(older.isNewest).toBe(false)
  await second(3)
  expect(older.isNewest).toBe(true)
  await using _again = await open({ foldVersion: 2 })
  await second()
  expect(older.isNewest).toBe(false)
})
