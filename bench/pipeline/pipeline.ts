import { parseArgs } from 'node:util'
import type { Figure } from '../support/figures.ts'
import { atSize } from './at-size.ts'
import { readable } from './readable.ts'
import { throughput } from './throughput.ts'

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = { throughput, readable, 'at-size': atSize }

/** How fast events become profiles, and what the amount of data costs; `--part NAME` measures one part alone. */
export async function pipelineBench(): Promise<Figure[]> {
  const { values } = parseArgs({ options: { part: { type: 'string' } }, strict: false })
  const names = typeof values.part === 'string' ? [values.part] : Object.keys(PARTS)
  const figures: Figure[] = []
  for (const name of names) {
    const part = PARTS[name]
    if (!part) throw new Error(`--part: expected one of ${Object.keys(PARTS).join(', ')}, got "${name}"`)
    figures.push(...(await part()))
  }
  return figures
}
