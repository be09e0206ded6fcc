import type { Position } from '../ports.ts'
import type { RedisClient } from './client.ts'
import { parseId } from './read-entries.ts'
import { createScript } from './script.ts'
import { LOOK } from './scripts/look.ts'
import { runSections } from './sections.ts'

/** Where a partition ends. */
export interface PartitionEnd {
  partition: number
  position: Position
  /** The number after where the client is, in the same epoch, that is still there; null when none is. */
  next: number | null
}

const script = createScript(LOOK)

/** Looks at partitions; `at` is where the client is in each. Rejects when one of them cannot be looked at. */
export async function look(
  client: RedisClient,
  partitions: number,
  which: readonly number[],
  at: readonly (Position | null | undefined)[],
): Promise<PartitionEnd[]> {
  const sections = which.map((partition) => {
    const { epoch, n } = at[partition] ?? { epoch: '0', n: 0 }
    return { partition, keys: [], args: [epoch, n] }
  })
  const calls = await runSections(client, script, [partitions], sections)
  return calls.flatMap((call) => {
    if (call.status === 'rejected') throw call.reason
    const answers = call.value.answer as [epoch: string, n: string, first: string][]
    return call.value.sections.map(({ partition }, i) => {
      const [epoch = '0', n = '0', first = ''] = answers[i] ?? []
      return { partition, position: { epoch, n: Number(n) }, next: first === '' ? null : parseId(first).n }
    })
  })
}
