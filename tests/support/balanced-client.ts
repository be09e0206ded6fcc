import { setTimeout as delay } from 'node:timers/promises'

/**
 * Sends requests as a load balancer does: round and round to those that say that they are ready, asked for it every 100 ms.
 * What it notes as failed is what a caller would have seen.
 */
export class BalancedClient implements AsyncDisposable {
  readonly failures: string[] = []
  answered = 0
  readonly #urls: readonly string[]
  readonly #ready: Set<string>
  #turn = 0
  #isOver = false
  readonly #watching: Promise<unknown>

  constructor(urls: readonly string[]) {
    this.#urls = urls
    this.#ready = new Set(urls)
    // Each by itself: one that is slow to answer must not keep back that another has begun to drain.
    this.#watching = Promise.all(urls.map((url) => this.#watch(url)))
  }

  /** @param mayBeLate whether an answer with what there was at its deadline is one */
  async post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
    { mayBeLate = false } = {},
  ): Promise<unknown> {
    const ready = this.#urls.filter((each) => this.#ready.has(each))
    const url = ready[this.#turn++ % Math.max(1, ready.length)] ?? this.#urls[0] ?? ''
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await response.text()
      const answer = JSON.parse(text) as Answer
      const degraded = answer.extensions?.degraded ?? []
      const isWhole = answer.errors === undefined && degraded.length === 0
      const isLate = degraded.length > 0 && degraded.every(({ reason }) => reason === 'timeout')
      if (response.status === 200 && (isWhole || (mayBeLate && isLate))) this.answered++
      else this.failures.push(`${url}${path}: ${response.status} ${text.slice(0, 300)}`)
      return answer
    } catch (error) {
      const { message, cause } = error as Error
      this.failures.push(`${url}${path}: ${message} ${String(cause)}`)
      return null
    }
  }

  async #watch(url: string): Promise<void> {
    while (!this.#isOver) {
      const isReady = await fetch(`${url}/healthz/ready`, { signal: AbortSignal.timeout(2_000) }).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isReady) this.#ready.add(url)
      else this.#ready.delete(url)
      await delay(100)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#watching
  }
}

interface Answer {
  errors?: unknown
  extensions?: { degraded?: { reason: string }[] }
}
