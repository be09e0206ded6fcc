import type { Position } from '../../stream/ports.ts'

/** All that was appended to a feed, in its order. */
export class FeedLog {
  readonly #entries: { partition: number; epoch: string; n: number; id: string; version: number }[] = []

  add(partition: number, epoch: string, id: string, version: number): void {
    const { n } = this.end(partition, { epoch, n: 0 })
    this.#entries.push({ partition, epoch, n: n + 1, id, version })
  }

  /** The end of a partition, in the epoch of a position in it. */
  end(partition: number, { epoch }: Position): Position {
    const n = this.#entries.filter((each) => each.partition === partition && each.epoch === epoch).length
    return { epoch, n }
  }

  /** Of each entity of a partition, the newest version that was appended before its end was at a position. */
  before(partition: number, { epoch, n }: Position): Map<string, number> {
    const newest = new Map<string, number>()
    for (const entry of this.#entries) {
      const isLater = BigInt(entry.epoch) > BigInt(epoch) || (entry.epoch === epoch && entry.n > n)
      if (entry.partition === partition && !isLater) raise(newest, entry.id, entry.version)
    }
    return newest
  }
}

/** What one process has been told. */
export class Told {
  /** The newest version of each entity that it has heard of, be it as a gap: who asks from then on is given no older one. */
  readonly heard = new Map<string, number>()
  /** The same, one by one and since the last gap: its own fences. From then on nothing older leaves it as fresh. */
  readonly fences = new Map<string, number>()

  change(id: string, version: number): void {
    raise(this.heard, id, version)
    raise(this.fences, id, version)
  }

  /** @param those of which it may have missed something, at the end that it goes on from */
  gap(those: Iterable<string>, end: ReadonlyMap<string, number>): void {
    for (const id of those) this.fences.delete(id)
    for (const [id, version] of end) raise(this.heard, id, version)
  }
}

function raise(versions: Map<string, number>, id: string, version: number): void {
  versions.set(id, Math.max(versions.get(id) ?? 0, version))
}
