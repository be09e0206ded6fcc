import { createHash } from 'node:crypto'

/** A fraction in [0, 1) that depends on its seed alone, so that making the demo twice gives the same bytes. */
export function chance(...seed: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(seed)).digest().readUInt32BE(0) / 2 ** 32
}

/** An integer from `min` to `max`, both included, that depends on its seed alone. */
export function between(min: number, max: number, ...seed: readonly (string | number)[]): number {
  return min + Math.floor(chance(...seed) * (max - min + 1))
}

/** Up to `count` of the items, in an order that depends on the seed alone. */
export function draw<T>(items: readonly T[], count: number, ...seed: readonly (string | number)[]): T[] {
  return items
    .map((item, index) => ({ item, at: chance(...seed, index) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ item }) => item)
}
