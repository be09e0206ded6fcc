import { setTimeout as delay } from 'node:timers/promises'
import { callControl } from '../../cli/control/control-client.ts'
import { readLockInfo } from '../../storage/embedded/lock.ts'

/** How many acknowledged events are not folded yet, as the running server says. */
export async function pendingEvents(dataDir: string): Promise<number> {
  const socket = (await readLockInfo(dataDir))?.socket
  const context = { onProgress: () => undefined, signal: AbortSignal.timeout(30_000) }
  const answer = socket ? await callControl(socket, 'status', null, context) : null
  if (!answer) throw new Error(`no server answers for ${dataDir}`)
  return (answer.result as { events: { pending: number } }).events.pending
}

/** Seconds until nothing is pending any more. */
export async function secondsToDrain(dataDir: string): Promise<number> {
  const started = performance.now()
  while ((await pendingEvents(dataDir)) > 0) await delay(100)
  return (performance.now() - started) / 1_000
}
