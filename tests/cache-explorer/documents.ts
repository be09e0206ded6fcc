import type { Change } from '../../stream/ports.ts'

/** One state of an entity, as a read of its document gives it. */
export interface Revision {
  version: number
  isAlive: boolean
  /** The look-ups that lead to it. */
  keys: readonly string[]
}

/** Documents with their versions and outboxes, and all that they ever were. */
export class Documents {
  readonly #histories = new Map<string, Revision[]>()
  readonly #outboxes = new Map<string, { version: number; at: number }[]>()
  /** Rule left out: an id that was deleted begins again at version 1. */
  readonly #forgetsVersions: boolean

  constructor(ids: readonly string[], { forgetsVersions = false } = {}) {
    for (const id of ids) this.#histories.set(id, [{ version: 0, isAlive: false, keys: [] }])
    this.#forgetsVersions = forgetsVersions
  }

  get ids(): string[] {
    return [...this.#histories.keys()]
  }

  history(id: string): readonly Revision[] {
    return this.#histories.get(id) ?? []
  }

  latest(id: string): Revision {
    return this.history(id).at(-1) ?? { version: 0, isAlive: false, keys: [] }
  }

  holderOf(key: string): string | null {
    return this.ids.find((id) => this.latest(id).keys.includes(key)) ?? null
  }

  write(
    id: string,
    { isAlive = true, keys = this.latest(id).keys }: Partial<Omit<Revision, 'version'>> = {},
  ): void {
    const before = this.latest(id)
    const starts =
      this.#forgetsVersions && !before.isAlive && isAlive && (this.#outboxes.get(id) ?? []).length === 0
    const version = starts ? 1 : before.version + 1
    this.#histories.get(id)?.push({ version, isAlive, keys: isAlive ? keys : [] })
    const outbox = this.#outboxes.get(id) ?? []
    this.#outboxes.set(id, [...outbox, { version, at: 0 }])
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
