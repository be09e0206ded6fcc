import type { Contender } from './render-lane.ts'

/** From where entities came, by the gateway's address. */
export type LevelCounts = ReadonlyMap<string, { near: number; Redis: number; subgraphs: number }>

export async function countLevels(contenders: readonly Contender[]): Promise<LevelCounts> {
  const urls = new Set(contenders.filter(({ goal }) => goal !== null).map(({ url }) => url))
  return new Map(
    await Promise.all(
      [...urls].map(async (url) => {
        const response = await fetch(new URL('/counts', url))
        const { hits, misses } = (await response.json()) as {
          hits: { near: number; store: number }
          misses: number
        }
        return [url, { near: hits.near, Redis: hits.store, subgraphs: misses }] as const
      }),
    ),
  )
}

/** In words, by the gateway's address. */
export async function levelsSince(
  before: LevelCounts,
  contenders: readonly Contender[],
): Promise<ReadonlyMap<string, string>> {
  const now = await countLevels(contenders)
  return new Map(
    Array.from(now, ([url, counts]) => {
      const then = before.get(url) ?? { near: 0, Redis: 0, subgraphs: 0 }
      const since = Object.entries(counts).map(
        ([level, count]) => [level, count - then[level as keyof typeof then]] as const,
      )
      const all = since.reduce((sum, [, count]) => sum + count, 0)
      return [url, since.map(([level, count]) => `${((100 * count) / all).toFixed(1)} % ${level}`).join(', ')]
    }),
  )
}
