import { performance } from 'node:perf_hooks'
import type { DeadlineTimers } from './deadline-timers.ts'

/** An answer of more bytes than this is read in a turn of its own. */
export const LARGE_ANSWER = 128 * 1024

/** Runs works one in each turn of the event loop, in order, so that many at once hold up no timer. */
export type OneEachTurn = (work: () => void, bytes: number) => void

/** Until one was read: a megabyte takes some 16 ms. */
const FIRST_MS_PER_BYTE = 16 / 2 ** 20
/** However slowly one was read once, nobody is told more than so much early. */
const MAX_AHEAD_MS = 40

/**
 * For all subgraphs of a gateway together. While an answer is read nothing else happens, so those whose time comes meanwhile
 * are told before it; when they were all who waited for it, it is not read at all.
 */
export function createOneEachTurn(timers: Pick<DeadlineTimers, 'tellDue'>): OneEachTurn {
  const waiting: { work: () => void; bytes: number }[] = []
  let msPerByte = FIRST_MS_PER_BYTE

  function next(): void {
    const first = waiting.shift()
    if (waiting.length > 0) setImmediate(next)
    if (first) run(first.work, first.bytes)
  }

  function run(work: () => void, bytes: number): void {
    timers.tellDue(Math.min(bytes * msPerByte, MAX_AHEAD_MS))
    const startedAt = performance.now()
    work()
    // What the promises of its callers do with it takes as long as reading it.
    queueMicrotask(() =>
      process.nextTick(() => {
        const took = (performance.now() - startedAt) / bytes
        if (took > msPerByte / 4) msPerByte = (msPerByte + took) / 2
      }),
    )
  }

  return (work, bytes) => {
    if (waiting.push({ work, bytes }) === 1) setImmediate(next)
  }
}
