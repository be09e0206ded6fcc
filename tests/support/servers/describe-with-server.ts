import { afterAll, beforeAll, describe, test } from 'vitest'
import { openServer, reasonToLeaveOut, type RunningServer, type ServerKind } from './server-kind.ts'

/**
 * Tests that share one server of that kind, which lives as long as they run; `server()` is for use inside of them.
 * Without its programs they are left out, with the reason in the output; with MONOGRAM_REQUIRE_SERVERS=1 that is a
 * failure.
 */
export function describeWithServer(
  kind: ServerKind,
  name: string,
  tests: (server: () => RunningServer) => void,
): void {
  const reason = reasonToLeaveOut(kind)
  if (reason !== null) {
    if (process.env['MONOGRAM_REQUIRE_SERVERS'] === '1') {
      test(name, () => {
        throw new Error(reason)
      })
    } else test.skip(`${name} (left out: ${reason})`, () => undefined)
    return
  }
  describe(name, () => {
    let running: RunningServer | null = null
    beforeAll(async () => {
      running = await openServer(kind)
    })
    afterAll(async () => {
      await running?.[Symbol.asyncDispose]()
    })
    tests(() => {
      if (!running) throw new Error(`the ${kind.name} is not running yet`)
      return running
    })
  })
}
