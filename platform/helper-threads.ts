import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Nine tenths of a core are the main thread's while it has work, whatever the helpers want. */
const HELPERS_NICENESS = 10

/**
 * Makes the threads that this process has beside its main one give way to it: V8 compiles and collects on four of them,
 * and where the process has one core, each takes as much of it as the thread that answers. Threads that are started later
 * are not concerned. Linux alone knows priorities of threads; elsewhere nothing happens.
 */
export function favourMainThread(): void {
  if (process.platform !== 'linux') return
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    if (thread === process.pid) continue
    try {
      setPriority(thread, HELPERS_NICENESS)
    } catch {
      // It has ended, or a sandbox does not allow it: then all stay equal.
    }
  }
}
