import { startMonogram } from '../support/monogram-process.ts'
import { figure, type Figure } from '../support/figures.ts'

/** From the start of the compiled program to ready with the demo loaded and folded. */
export async function startup(): Promise<Figure[]> {
  const before = performance.now()
  await using server = await startMonogram({ demo: true })
  const answer = await fetch(`${server.url}/healthz/ready`)
  if (!answer.ok) throw new Error(`not ready after the start: ${answer.status}`)
  const seconds = (performance.now() - before) / 1000
  return [
    figure('start to ready with the demo', seconds, 's', 'first run, compiled', { op: '<=', value: 20 }),
  ]
}
