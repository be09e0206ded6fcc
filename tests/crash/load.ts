import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { MonogramProcess } from '../../bench/support/monogram-process.ts'

export const PEOPLE = Array.from({ length: 12 }, (_, i) => `person-${i}`)
/** Whom the subscriber follows: a good part of all events is theirs. */
export const FOLLOWED = 'person-0'

/** A client that sends batches one after the other, and each again until it is answered. */
export class Client {
  /** The messageIds that were acknowledged, or said to be known. */
  readonly acknowledged: string[] = []
  readonly #name: string
  readonly #authorization: string
  #serial = 0
  #unanswered: readonly Record<string, unknown>[] | null = null

  constructor(name: string, key: string) {
    this.#name = name
    this.#authorization = `Basic ${btoa(`${key}:`)}`
  }

  /** Sends until the server no longer answers, or it is over, with a pause after each batch. */
  async sendUntilGone(url: string, pauseMs = 0, over?: AbortSignal): Promise<void> {
    for (;;) {
      if (pauseMs > 0) await delay(pauseMs)
      if (over?.aborted === true) return
      const batch = (this.#unanswered ??= this.#nextBatch())
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: this.#authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ batch }),
      }).catch(() => null)
      const body = await response?.text().catch(() => null)
      if (!response || body === null || body === undefined) return
      if (response.status === 429 || response.status === 503) continue
      if (response.status !== 200) throw new Error(`${response.status}: ${body}`)
      for (const { messageId } of batch) this.acknowledged.push(String(messageId))
      this.#unanswered = null
    }
  }

  #nextBatch(): Record<string, unknown>[] {
    return Array.from({ length: 10 }, () => {
      const serial = this.#serial++
      const messageId = `${this.#name}-${serial}`
      return {
        type: 'track',
        event: 'Order Completed',
        userId: serial % 3 === 0 ? FOLLOWED : PEOPLE[serial % PEOPLE.length],
        ...(serial % 7 === 0 ? { anonymousId: `browser-${serial % PEOPLE.length}` } : {}),
        messageId,
        properties: { order_id: messageId, total: 1, currency: 'USD' },
      }
    })
  }
}

/** Follows one profile through the lives of a server and notes every message that leaves a version out. */
export class Follower {
  readonly gaps: string[] = []
  version = 0
  messages = 0
  readonly #authorization: string

  constructor(key: string) {
    this.#authorization = `Bearer ${key}`
  }

  /** Resolves when the server has gone, or it is over. */
  async follow({ url }: Pick<MonogramProcess, 'url'>, over?: AbortSignal): Promise<void> {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: this.#authorization },
      retryAttempts: 0,
    })
    const query = `subscription { profileChanged(by: { kind: "userId", value: "${FOLLOWED}" }) { from version } }`
    const end = (): void => void client.dispose()
    over?.addEventListener('abort', end, { once: true })
    let isFirst = true
    await new Promise<void>((resolve) => {
      client.subscribe<{ profileChanged: { from: number; version: number } }>(
        { query },
        {
          next: ({ data }) => {
            if (data) this.#take(data.profileChanged, isFirst)
            isFirst = false
          },
          error: () => resolve(),
          complete: () => resolve(),
        },
      )
    })
    over?.removeEventListener('abort', end)
  }

  /** The first message of a life is the present state; each later one begins where the one before ended. */
  #take({ from, version }: { from: number; version: number }, isSnapshot: boolean): void {
    this.messages++
    const isWhole = isSnapshot ? version >= this.version : from <= this.version + 1 && version > this.version
    if (!isWhole) this.gaps.push(`${this.version}, then ${from} to ${version}`)
    this.version = version
  }
}
