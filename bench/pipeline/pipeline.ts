import type { Figure } from '../support/figures.ts'
import { atSize } from './at-size.ts'
import { throughput } from './throughput.ts'
import { readable } from './readable.ts'

/** How fast events become profiles, and what the amount of data costs. */
export async function pipelineBench(): Promise<Figure[]> {
  return [...(await throughput()), ...(await readable()), ...(await atSize())]
}
