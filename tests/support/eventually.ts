import { setTimeout as delay } from 'node:timers/promises'

/** Repeats a check that reads until it holds; throws its last failure when it does not within the bound. */
export async function eventually<T>(check: () => Promise<T>, withinMs = 30_000): Promise<T> {
  const until = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (failure) {
      if (performance.now() > until) throw failure
      await delay(20)
    }
  }
}
