import { setTimeout as delay } from 'node:timers/promises'

/**
 * Sends requests as a load balancer does: round and round to those that say that they are ready, asked for it every 100 ms.
 * What it notes as failed is what a caller would have seen.
 */
export class BalancedClient implements AsyncDisposable {
  readonly failures: string[] = []
  answered = 0
  readonly #urls: readonly string[]
  #ready: readonly string[]
  #turn = 0
  #isOver = false
  readonly #watching: Promise<void>

  constructor(urls: readonly string[]) {
    this.#urls = urls
    this.#ready = urls
    this.#watching = this.#watch()
  }

  async post(path: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<unknown> {
    const url = this.#ready[this.#turn++ % Math.max(1, this.#ready.length)] ?? this.#urls[0] ?? ''
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await response.text()
      const answer = JSON.parse(text) as { errors?: unknown }
      if (response.status === 200 && answer.errors === undefined) this.answered++
      else this.failures.push(`${url}${path}: ${response.status} ${text.slice(0, 300)}`)
      return answer
    } catch (error) {
      const { message, cause } = error as Error
      this.failures.push(`${url}${path}: ${message} ${String(cause)}`)
      return null
    }
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const states = await Promise.all(
        this.#urls.map((url) =>
          fetch(`${url}/healthz/ready`, { signal: AbortSignal.timeout(2_000) }).then(
            ({ ok }) => ok,
            () => false,
          ),
        ),
      )
      this.#ready = this.#urls.filter((_, i) => states[i])
      await delay(100)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#watching
  }
}
