import { setTimeout as delay } from 'node:timers/promises'
import type { TcpProxy } from '../support/tcp-proxy.ts'

/** `npm run test:faults -- --seconds 10`: how long each fault lasts. */
export const FAULT_MS = Number(process.env['TEST_SECONDS'] ?? 1) * 1_000
/** A black hole has to be longer than what finds it out, to be one. */
const LONG_FAULT_MS = 3 * FAULT_MS
/** Too short for heartbeats to notice: what was under way is never answered. */
const SHORT_FAULT_MS = 300

/** What may happen on the way between two processes; each resolves when it is over. */
export const FAULTS: [name: string, fault: (proxy: TcpProxy) => Promise<void>][] = [
  ['a black hole', (proxy) => during(proxy, 'black-hole', LONG_FAULT_MS)],
  ['a short black hole', (proxy) => during(proxy, 'black-hole', SHORT_FAULT_MS)],
  ['half a frame, then a reset', (proxy) => during(proxy, 'half-frame')],
  ['latency with jitter', (proxy) => during(proxy, 'latency')],
  ['single bytes', (proxy) => during(proxy, 'single-bytes')],
  ['refused connections', (proxy) => during(proxy, 'refuse')],
  [
    'cut connections',
    async (proxy) => {
      for (let i = 0; i < 5; i++) {
        proxy.cut()
        await delay(FAULT_MS / 5)
      }
    },
  ],
]

async function during(
  proxy: TcpProxy,
  mode: Parameters<TcpProxy['setMode']>[0],
  ms = FAULT_MS,
): Promise<void> {
  proxy.setMode(mode)
  await delay(ms)
  proxy.setMode('pass')
}
