import { randomBytes } from 'node:crypto'

/** Unique over restarts by a random beginning, and in order within a process. */
export function createRequestIds(): () => string {
  const beginning = randomBytes(6).toString('hex')
  let count = 0
  return () => `${beginning}-${(count++).toString(36)}`
}
