import type { Change } from '../../stream/ports.ts'

/** One state of an entity, as a read of its document gives it. */
export interface Revision {
  version: number
  isAlive: boolean
  /** The look-ups that lead to it. */
  keys: readonly string[]
  /** When what it shows changes by time alone, in epoch milliseconds. */
  changesAt: number
}

/** What a field of an entity shows to those of a class: all of it is told by its version and the time. */
export function valueOf(
  id: string,
  { version, changesAt }: Revision,
  { of, key, at }: { of: string; key: string; at: number },
): string {
  return `${id}@${version} for ${of}: ${key}${at < changesAt ? '' : ', later'}`
}

/** Documents with their versions and outboxes, and all that they ever were. */
export class Documents {
  readonly #histories = new Map<string, Revision[]>()
  /** After each write: what was written, and to whom each key leads from then on. */
  readonly #writes: { id: string; version: number; holders: ReadonlyMap<string, string> }[] = []
  readonly #outboxes = new Map<string, { version: number; at: number }[]>()
  /** Rule left out: an id that was deleted begins again at version 1. */
  readonly #forgetsVersions: boolean
  readonly #clock: () => number

  constructor(ids: readonly string[], clock: () => number, { forgetsVersions = false } = {}) {
    for (const id of ids) this.#histories.set(id, [NEVER])
    this.#clock = clock
    this.#forgetsVersions = forgetsVersions
  }

  get ids(): string[] {
    return [...this.#histories.keys()]
  }

  history(id: string): readonly Revision[] {
    return this.#histories.get(id) ?? []
  }

  latest(id: string): Revision {
    return this.history(id).at(-1) ?? NEVER
  }

  holderOf(key: string): string | null {
    return this.ids.find((id) => this.latest(id).keys.includes(key)) ?? null
  }

  /** Whether a key has led to nobody at some time since certain versions were all there. */
  wasNobodys(key: string, since: ReadonlyMap<string, number>): boolean {
    const isSince = ({ id, version }: { id: string; version: number }): boolean => since.get(id) === version
    const from = Math.max(0, this.#writes.findLastIndex(isSince))
    return this.#writes.slice(from).some(({ holders }) => !holders.has(key))
  }

  write(
    id: string,
    { isAlive = true, keys = this.latest(id).keys }: Partial<Pick<Revision, 'isAlive' | 'keys'>> = {},
  ): void {
    const before = this.latest(id)
    const starts =
      this.#forgetsVersions && !before.isAlive && isAlive && (this.#outboxes.get(id) ?? []).length === 0
    const version = starts ? 1 : before.version + 1
    this.#histories.get(id)?.push({
      version,
      isAlive,
      keys: isAlive ? keys : [],
      changesAt: this.#clock() + CHANGES_AFTER_MS,
    })
    const outbox = this.#outboxes.get(id) ?? []
    this.#outboxes.set(id, [...outbox, { version, at: 0 }])
    const holders = this.ids.flatMap((each) => this.latest(each).keys.map((key) => [key, each] as const))
    this.#writes.push({ id, version, holders: new Map(holders) })
  }

  /** Both change: the one that it leaves, and the one that it comes to. */
  moveKey(key: string, to: string, { tellsBoth }: { tellsBoth: boolean }): void {
    const from = this.holderOf(key)
    if (from === to) return
    if (from !== null) {
      const keys = this.latest(from).keys.filter((other) => other !== key)
      if (tellsBoth) this.write(from, { isAlive: this.latest(from).isAlive, keys })
      else this.#histories.get(from)?.push({ ...this.latest(from), keys })
    }
    this.write(to, { keys: [...this.latest(to).keys, key] })
  }

  get isTold(): boolean {
    return [...this.#outboxes.values()].every((outbox) => outbox.length === 0)
  }

  findOutbox(): { id: string; outbox: { from: number; version: number; changed: string[]; at: number }[] }[] {
    return [...this.#outboxes].flatMap(([id, entries]) =>
      entries.length === 0
        ? []
        : [{ id, outbox: entries.map(({ version, at }) => ({ from: version, version, changed: [], at })) }],
    )
  }

  trimOutbox(trims: readonly Pick<Change, 'id' | 'version'>[]): void {
    for (const { id, version } of trims) {
      const left = (this.#outboxes.get(id) ?? []).filter((entry) => entry.version > version)
      this.#outboxes.set(id, left)
    }
  }
}

const NEVER: Revision = { version: 0, isAlive: false, keys: [], changesAt: Infinity }
const CHANGES_AFTER_MS = 250
