/** Of entities whose changes nothing tells, and nothing has to. */
export const NO_PARTITION = -1

/**
 * What this process was told by the change feed, as far as reads and fills need to know: when each entity was told changed
 * and to which version, and since when nothing has been missed of its partition. Every message raises the number by one; a
 * token is such a number.
 */
export class FeedPosition {
  readonly partitionOf: (typeName: string, id: string) => number
  readonly #heldSince: number[]
  /** By entity, the oldest first. */
  readonly #changes = new Map<string, Told>()
  readonly #maxChanges: number
  /** By type, when any entity of it was last told changed. */
  readonly #lastChanges = new Map<string, number>()
  #forgotten = 0
  #allHeldSince = Infinity
  #now = 0

  /** Before a position is fixed nothing is held, of no partition. */
  constructor({
    partitions,
    partitionOf,
    maxChanges = 10_000,
  }: {
    partitions: number
    partitionOf: (typeName: string, id: string) => number
    maxChanges?: number
  }) {
    this.partitionOf = partitionOf
    this.#heldSince = Array.from({ length: partitions }, () => Infinity)
    this.#maxChanges = maxChanges
  }

  get now(): number {
    return this.#now
  }

  /** Since when every change of a partition has been told; Infinity when they are not told yet. */
  heldSince(partition: number): number {
    return partition === NO_PARTITION ? 0 : (this.#heldSince[partition] ?? Infinity)
  }

  /** Whether something read after `token` was given may be kept: not if it was told changed since, or may have been. */
  check(typeName: string, id: string, token: number): 'held' | 'position' | 'changed' {
    if (this.heldSince(this.partitionOf(typeName, id)) > token) return 'position'
    const changedAt = this.#changes.get(nameOf(typeName, id))?.at ?? this.#forgotten
    return changedAt > token ? 'changed' : 'held'
  }

  /** Whether it was told changed after `token` was given, as far as that is remembered. */
  isToldSince(typeName: string, id: string, token: number): boolean {
    return (this.#changes.get(nameOf(typeName, id))?.at ?? 0) > token
  }

  /** The newest version that was told of it since nothing has been missed, as far as that is remembered; else 0. */
  fenceOf(typeName: string, id: string): number {
    const told = this.#changes.get(nameOf(typeName, id))
    return told && told.at >= this.heldSince(this.partitionOf(typeName, id)) ? told.version : 0
  }

  /** Whether nothing has been told of any entity of a type since `token` was given, nor may have been. */
  isQuiet(typeName: string, token: number): boolean {
    return (this.#lastChanges.get(typeName) ?? 0) <= token && this.#allHeldSince <= token
  }

  change(typeName: string, id: string, version: number): void {
    const name = nameOf(typeName, id)
    const fence = Math.max(version, this.fenceOf(typeName, id))
    this.#changes.delete(name)
    this.#changes.set(name, { at: ++this.#now, version: fence })
    this.#lastChanges.set(typeName, this.#now)
    if (this.#changes.size <= this.#maxChanges) return
    for (const [oldest, { at }] of this.#changes) {
      this.#changes.delete(oldest)
      this.#forgotten = at
      break
    }
  }

  /** From here on all is told: what is known from before, or asked for before, is worth nothing. */
  hold(partition: number | 'all'): void {
    this.#now++
    if (partition === 'all') this.#heldSince.fill(this.#now)
    else this.#heldSince[partition] = this.#now
    this.#allHeldSince = Math.max(...this.#heldSince)
  }
}

interface Told {
  at: number
  version: number
}

function nameOf(typeName: string, id: string): string {
  return `${typeName}\n${id}`
}
