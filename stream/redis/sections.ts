import type { RedisClient } from './client.ts'
import { metaKey, streamKey } from './keys.ts'
import type { Script } from './script.ts'

/** What a script is asked about one partition: its own keys beside meta and stream, and its arguments. */
export interface Section {
  partition: number
  keys: string[]
  args: (string | number)[]
}

/** Entities of one call at most: so long nobody else is served by that server. */
export const MAX_ENTITIES_A_CALL = 250

/**
 * Runs a script over several partitions: in one call where one server has them all, in a call for each, all at once,
 * where every key of a call has to be in one slot. Answers what each call answered, with the sections that it had.
 */
export function runSections(
  client: RedisClient,
  script: Script,
  head: readonly (string | number)[],
  sections: readonly Section[],
): Promise<PromiseSettledResult<{ sections: readonly Section[]; answer: unknown }>[]> {
  const calls = client.isCluster ? sections.map((section) => [section]) : together(sections)
  return Promise.allSettled(
    calls.map(async (call) => {
      const keys = call.flatMap(({ partition, keys }) => [metaKey(partition), streamKey(partition), ...keys])
      const args = call.flatMap((section) => section.args)
      return { sections: call, answer: await script.run(client, keys, [...head, ...args]) }
    }),
  )
}

function together(sections: readonly Section[]): Section[][] {
  const calls: Section[][] = []
  let entities = Infinity
  for (const section of sections) {
    entities += section.keys.length
    if (entities > MAX_ENTITIES_A_CALL) {
      calls.push([])
      entities = section.keys.length
    }
    calls.at(-1)?.push(section)
  }
  return calls
}

/** Gathers what belongs to the same partition, in the order given. */
export function byPartition<T>(items: readonly T[], partitionOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const item of items) {
    const partition = partitionOf(item)
    const group = groups.get(partition)
    if (group) group.push(item)
    else groups.set(partition, [item])
  }
  return groups
}
