import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** For how long the main thread of a process could have run, and had no core to run on. */
export interface WaitingWatch {
  /** Between two times on the clock of performance.now(); a few milliseconds around them may be counted in. */
  waitedMs(from: number, to: number): number
  /** Resolves when what has happened up to now is known. */
  settled(): Promise<void>
}

const EVERY_MS = 2

/** Reads what the kernel counts (`run_delay` of `/proc/<pid>/schedstat`); where it does not count, all is 0. */
export function watchWaiting(pid: number): WaitingWatch {
  const samples: { at: number; waitedMs: number }[] = [{ at: performance.now(), waitedMs: runDelayMs(pid) }]
  setInterval(() => {
    samples.push({ at: performance.now(), waitedMs: runDelayMs(pid) })
  }, EVERY_MS).unref()

  function firstAfter(time: number): number {
    let low = 0
    let high = samples.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((samples[middle]?.at ?? 0) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    waitedMs(from, to) {
      const before = samples[Math.max(0, firstAfter(from) - 1)]?.waitedMs ?? 0
      return (samples[firstAfter(to)]?.waitedMs ?? 0) - before
    },
    settled: () => pause(2 * EVERY_MS),
  }
}

function runDelayMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}
