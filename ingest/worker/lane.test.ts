import { describe, expect, test } from 'vitest'
import { systemSleep } from '../../platform/sleep.ts'
import { createLane, type Lane, type LaneStep } from './lane.ts'

const NOTHING: LaneStep = { worked: false, looksOn: false, waitMs: null }
const WORKED: LaneStep = { ...NOTHING, worked: true }
/** So long that nothing in here happens by itself. */
const NEVER_MS = 600_000

function start(
  step: (looks: boolean) => LaneStep | Promise<LaneStep>,
  { pollMs = NEVER_MS, failures = [] as number[], clock = (): number => 0 } = {},
): Lane {
  return createLane({
    step: async (looks) => step(looks),
    onFailure: (_, count) => failures.push(count),
    maxBackoffMs: 1,
    clock,
    sleep: systemSleep,
    pollMs,
  })
}

describe('a lane', () => {
  test('looks at first, then does what it is handed without looking', async () => {
    let handed = 0
    const looked: boolean[] = []
    await using lane = start((looks) => {
      looked.push(looks)
      return handed-- > 0 ? WORKED : NOTHING
    })
    await lane.idle()
    handed = 1
    looked.length = 0
    lane.wake()
    await until(() => looked.length === 2)
    expect(looked).toEqual([false, false])
    lane.look()
    await until(() => looked.length === 3)
    expect(looked[2]).toBe(true)
  })

  test('looks on while there is more, and now and then however much it is handed', async () => {
    let pages = 3
    let steps = 0
    const looked: boolean[] = []
    await using lane = start(
      (looks) => {
        looked.push(looks)
        if (looks && pages-- > 0) return { ...WORKED, looksOn: pages > 0 }
        return ++steps < 40 ? WORKED : NOTHING
      },
      { pollMs: 15, clock: () => steps },
    )
    await until(() => steps === 40)
    expect(looked.slice(0, 4)).toEqual([true, true, true, false])
    expect(looked.slice(4).filter(Boolean)).toHaveLength(2)
    expect(lane).toBeDefined()
  })

  test('looks by itself after a while', async () => {
    let looks = 0
    await using lane = start(
      (isLook) => {
        if (isLook) looks++
        return NOTHING
      },
      { pollMs: 1 },
    )
    await until(() => looks > 2)
    expect(lane).toBeDefined()
  })

  test('is idle after a step that began after the question, has looked and found nothing that waits', async () => {
    let go: () => void = () => undefined
    let steps = 0
    await using lane = start(
      async () => {
        steps++
        if (steps === 1) await new Promise<void>((resolve) => (go = resolve))
        return steps === 2 ? { ...NOTHING, waitMs: 1 } : NOTHING
      },
      { pollMs: 5 },
    )
    await until(() => steps === 1)
    const idle = lane.idle()
    go()
    await idle
    expect(steps).toBe(3)
  })

  test('tries again what failed, and looks then', async () => {
    const failures: number[] = []
    const looked: boolean[] = []
    await using lane = start(
      (looks) => {
        looked.push(looks)
        if (looked.length <= 2) throw new Error('no store')
        return NOTHING
      },
      { failures },
    )
    await lane.idle()
    expect(failures).toEqual([1, 2])
    expect(looked.every(Boolean)).toBe(true)
  })

  test('ends when its step has, and lets nobody wait', async () => {
    let isDone = false
    const lane = start(async () => {
      await systemSleep(5)
      isDone = true
      return { ...NOTHING, waitMs: NEVER_MS }
    })
    const idle = lane.idle()
    await systemSleep(1)
    await lane[Symbol.asyncDispose]()
    await idle
    await lane.idle()
    expect(isDone).toBe(true)
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !isTrue(); i++) await systemSleep(1)
  expect(isTrue()).toBe(true)
}
