import { setTimeout as delay } from 'node:timers/promises'

/** Resolves after that time, or sooner when the signal aborts; 0 lets everything else that waits go first. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

export const systemSleep: Sleep = (ms, signal) =>
  ms === 0
    ? new Promise((resolve) => setImmediate(resolve))
    : delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
