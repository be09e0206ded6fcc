import type { EntityRef } from '../ports.ts'

/*
 * Everything of a partition has its number as hash tag, and so is in one slot of a cluster: one script may use it
 * together.
 */

/** A hash: the epoch, its server, the number of the last change, the last token, and how many partitions there are. */
export const metaKey = remembered((partition) => `mg:{${partition}}:meta`)

export const streamKey = remembered((partition) => `mg:{${partition}}:feed`)

/** A hash: the epoch, fence and token of an entity, and the values of every class. */
export function entityKey(partition: number, { subgraph, type, id }: EntityRef): string {
  return `mg:{${partition}}:${subgraph}.${type}:${id}`
}

export function leaseKey(partition: number, name: string): string {
  return `mg:{${partition}}:lease:${name}`
}

/** A hash: who has a place in a roster, since when, until when, and his note. */
export function rosterKey(partition: number, name: string): string {
  return `mg:{${partition}}:roster:${name}`
}

export function bucketKey(partition: number, key: string): string {
  return `mg:{${partition}}:bucket:${key}`
}

/** Who waits for changes where he cannot wait for the streams themselves. */
export const FEED_CHANNEL = 'mg:feed'

export function hintChannel(topic: string): string {
  return `mg:hint:${topic}`
}

/** A hash: to which store and which secret all of it belongs. */
export function ownerKey(): string {
  return 'mg:{0}:owner'
}

/** Each call names those of every partition that it is for. */
function remembered(make: (partition: number) => string): (partition: number) => string {
  const made: string[] = []
  return (partition) => (made[partition] ??= make(partition))
}
