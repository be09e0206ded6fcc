/** So many partitions serve hundreds of processes; the number is kept in the feed, whose consumers have to agree. */
export const DEFAULT_PARTITIONS = 64

/** The partition of an entity, from 0: the same in every process. */
export function partitionOf(type: string, id: string, partitions: number): number {
  // FNV-1a over UTF-16 units, mixed: a cryptographic hash would cost more than all the rest of an append.
  let hash = 0x811c9dc5
  for (const text of [type, '\0', id]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions
}
