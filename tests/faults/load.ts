import { setTimeout as delay } from 'node:timers/promises'
import { PEOPLE } from '../crash/load.ts'
import { Known, type Demand, type Seen } from './known.ts'

export interface LoadOptions {
  ingestUrl: string
  gatewayUrl: string
  key: string
  /** Of each render. */
  deadlineMs: number
}

const ORDERS_A_BATCH = 4
/** So that two cores, which others may use as well, fold and read more than this: what is late is late for the fault. */
const SEND_PAUSE_MS = 200
const READ_PAUSE_MS = 50
const RESEND_MS = 50
/** A client that is not answered for so long gives up. */
const CLIENT_TIMEOUT_MS = 4_000

interface ProfileAnswer {
  id?: string
  version?: number
  metrics: { orders: number } | null
  lastOrder: { orderId: string } | null
}

interface Answer {
  data?: { profile: ProfileAnswer | null } | null
  errors?: unknown[]
  extensions?: { degraded?: { path: string[] }[]; stale?: true }
}

/**
 * A client that sends orders and reads what became of them, all the time: each order again until it is acknowledged,
 * and each read with all that was acknowledged and seen before. `violations` names every answer that should not have been.
 */
export class Load {
  readonly acknowledged: string[] = []
  readonly violations: string[] = []
  /** How much longer than its deadline each render took, in ms; negative when it was earlier. */
  readonly overDeadlineMs: number[] = []
  readonly counts = { sent: 0, resent: 0, renders: 0, fresh: 0, queries: 0, whole: 0 }
  readonly #options: LoadOptions
  readonly #known = new Map(PEOPLE.map((person) => [person, new Known(person)]))
  readonly #ending = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #serial = 0

  constructor(options: LoadOptions) {
    this.#options = options
  }

  start(): void {
    const next = (): string => PEOPLE[this.#serial++ % PEOPLE.length] ?? ''
    this.#running = Promise.all([
      this.#forever(SEND_PAUSE_MS, () => this.send(Array.from({ length: ORDERS_A_BATCH }, next))),
      this.#forever(READ_PAUSE_MS, () => this.render(next())),
      this.#forever(READ_PAUSE_MS, () => this.render(next())),
      this.#forever(READ_PAUSE_MS, () => this.query(next())),
    ])
  }

  /** What was sent last is sent until it is acknowledged. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  /** An order of each of them, until all are acknowledged. */
  async send(people: readonly string[]): Promise<void> {
    const batch = people.map((userId) => {
      const messageId = `${userId} ${this.#serial++}`
      const properties = { order_id: messageId, total: 1, currency: 'USD' }
      return { type: 'track', event: 'Order Completed', userId, messageId, properties }
    })
    this.counts.sent++
    for (;;) {
      const answer = await this.#post(this.#options.ingestUrl, '/v1/batch?receipts=1', { batch })
      if (answer?.status === 200) {
        const { receipts } = answer.body as { receipts: string[] }
        this.acknowledged.push(...batch.map(({ messageId }) => messageId))
        for (const [i, userId] of people.entries()) this.#of(userId).acknowledge(receipts[i] ?? '')
        return
      }
      if (answer && answer.status !== 503 && answer.status !== 429)
        this.violations.push(`a batch was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
      this.counts.resent++
      await delay(RESEND_MS)
    }
  }

  /** Resolves with what was shown when it was whole and not stale, else with null. */
  async render(person: string, deadlineMs = this.#options.deadlineMs): Promise<Seen | null> {
    const { gatewayUrl } = this.#options
    const demand = this.#of(person).demand()
    const variables = { by: { kind: 'userId', value: person }, currency: 'USD' }
    const began = performance.now()
    const answer = await this.#post(gatewayUrl, '/render/order-follow-up', {
      variables,
      after: demand.after,
      deadlineMs,
    })
    this.overDeadlineMs.push(performance.now() - began - deadlineMs)
    this.counts.renders++
    if (answer?.status !== 200) {
      this.violations.push(
        `a render was answered with ${answer ? `${answer.status} ${JSON.stringify(answer.body)}` : 'nothing'}`,
      )
      return null
    }
    const seen = this.#check(person, demand, answer.body as Answer)
    if (seen) this.counts.fresh++
    return seen
  }

  /** As `render`, with a version and more time. */
  async query(person: string): Promise<Seen | null> {
    const demand = this.#of(person).demand()
    const query = `query ($by: ProfileKey!) {
      profile(by: $by) { id version metrics(currency: "USD") { orders } lastOrder { orderId } }
    }`
    const variables = { by: { kind: 'userId', value: person } }
    const headers = { 'x-monogram-after': demand.after.join(','), 'x-deadline-ms': '1000' }
    const answer = await this.#post(this.#options.gatewayUrl, '/graphql', { query, variables }, headers)
    this.counts.queries++
    const seen = answer?.status === 200 ? this.#check(person, demand, answer.body as Answer) : null
    if (seen) this.counts.whole++
    return seen
  }

  #check(person: string, demand: Demand, { data, errors, extensions }: Answer): Seen | null {
    const profile = data?.profile
    const { lastOrder, metrics } = profile ?? {}
    if (lastOrder && !lastOrder.orderId.startsWith(`${person} `))
      this.violations.push(`${person} was shown the order ${lastOrder.orderId}`)
    const lacks = (extensions?.degraded ?? []).some(({ path }) => !path.includes('recommendations'))
    if (errors || extensions?.stale || lacks) return null
    const { id = null, version = null } = profile ?? {}
    const seen = { id, version, orders: metrics?.orders ?? 0, lastOrderId: lastOrder?.orderId ?? null }
    const wrong = this.#of(person).take(demand, seen)
    if (wrong === null) return seen
    this.violations.push(wrong)
    return null
  }

  async #post(
    url: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown } | null> {
    try {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#options.key}`,
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
      })
      return { status: response.status, body: await response.json() }
    } catch {
      return null
    }
  }

  async #forever(pauseMs: number, step: () => Promise<unknown>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await step()
      await delay(pauseMs)
    }
  }

  #of(person: string): Known {
    const known = this.#known.get(person)
    if (!known) throw new Error(`${person} is nobody`)
    return known
  }
}
