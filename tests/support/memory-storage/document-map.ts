/** Documents by id, each copied on its way in and out, as a store would. */
export class DocumentMap<Doc> {
  readonly #documents = new Map<string, Doc>()

  get(id: string): Doc | undefined {
    const document = this.#documents.get(id)
    return document === undefined ? undefined : structuredClone(document)
  }

  getMany(ids: readonly string[]): Map<string, Doc> {
    const found = new Map<string, Doc>()
    for (const id of ids) {
      const document = this.get(id)
      if (document !== undefined) found.set(id, document)
    }
    return found
  }

  set(id: string, document: Doc): void {
    this.#documents.set(id, structuredClone(document))
  }

  has(id: string): boolean {
    return this.#documents.has(id)
  }

  delete(id: string): void {
    this.#documents.delete(id)
  }

  deleteWhere(test: (document: Doc) => boolean): void {
    for (const [id, document] of this.#documents) if (test(document)) this.#documents.delete(id)
  }

  /** The documents that pass, in the order in which they were first set. */
  filter(test: (document: Doc) => boolean): Doc[] {
    return [...this.#documents.values()].filter(test).map((document) => structuredClone(document))
  }

  count(test: (document: Doc) => boolean): number {
    let count = 0
    for (const document of this.#documents.values()) if (test(document)) count++
    return count
  }

  get size(): number {
    return this.#documents.size
  }
}

/** By code units: the order of ids in every store. */
export function byText<T>(textOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [x, y] = [textOf(a), textOf(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
}
