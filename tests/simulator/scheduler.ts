import type { Sleep } from '../../platform/sleep.ts'
import type { Random } from './random.ts'

/** A process of the simulated world. What a dead one waits for never comes. */
export interface SimulatedProcess {
  readonly name: string
  alive: boolean
  /** It takes no step before the world has taken this many. */
  pausedUntil: number
}

interface Waiting {
  process: SimulatedProcess
  resume: () => void
  /** For a sleeper: when it wakes, epoch milliseconds. */
  at: number
}

/**
 * Decides which process takes the next step, and what time it is. Every wait of the code under simulation is a
 * `point` or a `sleep` of this; between two of them a process runs undisturbed.
 */
export class Scheduler {
  now: number
  steps = 0
  readonly #random: Random
  readonly #drained: () => Promise<void>
  readonly #ready: Waiting[] = []
  readonly #sleeping: Waiting[] = []

  /** `drained` resolves when everything that can go on by itself has: what is left waits for the scheduler. */
  constructor(random: Random, startedAt: number, drained: () => Promise<void>) {
    this.#drained = drained
    this.#random = random
    this.now = startedAt
  }

  /** Resolves when the process is chosen to go on. */
  point(process: SimulatedProcess): Promise<void> {
    return new Promise((resume) => this.#ready.push({ process, resume, at: 0 }))
  }

  sleepOf(process: SimulatedProcess): Sleep {
    return (ms, signal) => {
      if (ms === 0) return this.point(process)
      return new Promise((resolve) => {
        const wake = (): void => this.#wake(sleeper)
        const resume = (): void => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper: Waiting = { process, resume, at: this.now + ms }
        this.#sleeping.push(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
  }

  /** Takes steps until the promise has settled. Rejects when it has not after `maxSteps`. */
  async runUntil(done: Promise<unknown>, maxSteps: number, beforeStep: () => void): Promise<void> {
    const state = { settled: false }
    const mark = (): void => void (state.settled = true)
    done.then(mark, mark)
    const end = this.steps + maxSteps
    await this.#drained()
    while (!state.settled) {
      if (this.steps >= end) throw new Error(`nothing comes to an end within ${maxSteps} steps`)
      beforeStep()
      this.#step()
      await this.#drained()
    }
    await done
  }

  #step(): void {
    this.steps++
    this.now += this.#random.int(4)
    for (const sleeper of this.#sleeping.filter(({ at }) => at <= this.now)) this.#wake(sleeper)
    const able = this.#ready.filter(({ process }) => process.alive && process.pausedUntil <= this.steps)
    if (able.length > 0) {
      const chosen = this.#random.pick(able)
      this.#ready.splice(this.#ready.indexOf(chosen), 1)
      chosen.resume()
    } else {
      const next = Math.min(...this.#sleeping.filter(({ process }) => process.alive).map(({ at }) => at))
      if (Number.isFinite(next)) this.now = Math.max(this.now, next)
    }
  }

  #wake(sleeper: Waiting): void {
    const at = this.#sleeping.indexOf(sleeper)
    if (at < 0) return
    this.#sleeping.splice(at, 1)
    this.#ready.push(sleeper)
  }
}

/** Where everything is in memory, nothing waits for anything but the scheduler after one turn of the event loop. */
export function oneTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
