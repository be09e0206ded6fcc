import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { PROFILES } from './data.ts'
import type { Target } from './targets.ts'
import { BATCH, expectedData, SINGLE, variablesFor, type Work } from './work.ts'

/**
 * Compares a target's answers with what is right: single requests one after the other, many at once (which a gateway
 * may join), and batches.
 *
 * @throws Error that shows the first answer that is not.
 */
export async function verify(target: Target, url: string): Promise<void> {
  for (let i = 0; i < 20; i++) await verifyOne(target, url, SINGLE, [i * 487])
  await Promise.all(Array.from({ length: 100 }, (_, i) => verifyOne(target, url, SINGLE, [(i * 97) % 64])))
  await Promise.all([1, 7, 61].map((step) => verifyOne(target, url, BATCH, hundred(step))))
}

/**
 * Compares an answer now and then while a load runs, until the signal, and tells how many were asked for and how many
 * were wrong: what is fast under load must also be right under load.
 */
export async function spotCheck(
  target: Target,
  url: string,
  work: Work,
  signal: AbortSignal,
): Promise<{ asked: number; wrong: number }> {
  let [asked, wrong] = [0, 0]
  while (!signal.aborted) {
    const numbers = hundred(2 * asked + 1).slice(0, work.recipients)
    asked++
    await verifyOne(target, url, work, numbers).catch(() => wrong++)
    await pause(SPOT_CHECK_EVERY_MS, null, { signal }).catch(() => undefined)
  }
  return { asked, wrong }
}

const SPOT_CHECK_EVERY_MS = 200

function hundred(step: number): number[] {
  return Array.from({ length: BATCH.recipients }, (_, i) => (i * step * 31) % PROFILES)
}

async function verifyOne(target: Target, url: string, work: Work, numbers: number[]): Promise<void> {
  const response = await fetch(url + target.path(work), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(target.body(work, variablesFor(work, numbers))),
  })
  const text = await response.text()
  const right = response.ok && isDeepStrictEqual(dataOf(text), expectedData(work, numbers))
  if (right) return
  throw new Error(`wrong answer to a ${work.name} request: ${response.status} ${text.slice(0, 400)}`)
}

/** The data of an answer without errors. */
function dataOf(text: string): unknown {
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown }
  return errors === undefined ? data : undefined
}
