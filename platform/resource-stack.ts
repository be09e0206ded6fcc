/**
 * Things that were opened, closed in reverse. While something larger is being opened it belongs to the opener, who
 * disposes of it when a later step fails and otherwise hands it on with `move`. (Node 20 has no AsyncDisposableStack.)
 */
export class ResourceStack implements AsyncDisposable {
  #resources: AsyncDisposable[] = []

  use<T extends AsyncDisposable>(resource: T): T {
    this.#resources.push(resource)
    return resource
  }

  defer(close: () => Promise<unknown>): void {
    this.#resources.push({
      async [Symbol.asyncDispose]() {
        await close()
      },
    })
  }

  /** All that is here, in a stack of its own; this one is empty afterwards. */
  move(): ResourceStack {
    const moved = new ResourceStack()
    moved.#resources = this.#resources
    this.#resources = []
    return moved
  }

  /** Closes each, though another failed; throws the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = []
    for (let last = this.#resources.pop(); last; last = this.#resources.pop()) {
      try {
        await last[Symbol.asyncDispose]()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
