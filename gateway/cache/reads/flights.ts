import type { NearToken } from '../near/near-cache.ts'

/** Reads that are under way, by entity and by what is wanted of it. */
export class Flights<T> {
  readonly #byEntity = new Map<string, Map<string, Flight<T>>>()

  find(entity: string, want: string): Flight<T> | undefined {
    return this.#byEntity.get(entity)?.get(want)
  }

  /** @param token of the near cache: when it began */
  begin(entity: string, want: string, token: NearToken): Flight<T> {
    const flight = new Flight<T>(entity, want, token)
    let siblings = this.#byEntity.get(entity)
    if (!siblings) this.#byEntity.set(entity, (siblings = new Map<string, Flight<T>>()))
    siblings.set(want, flight)
    return flight
  }

  /** One that nobody joins. */
  alone(token: NearToken): Flight<T> {
    return new Flight<T>('', '', token)
  }

  end(flight: Flight<T>): void {
    const siblings = this.#byEntity.get(flight.entity)
    if (siblings?.get(flight.want) !== flight) return
    siblings.delete(flight.want)
    if (siblings.size === 0) this.#byEntity.delete(flight.entity)
  }

  /** From now on nobody joins those of this entity: what they read may be from before. */
  detach(entity: string): void {
    this.#byEntity.delete(entity)
  }

  detachAll(): void {
    this.#byEntity.clear()
  }
}

export class Flight<T> {
  readonly entity: string
  readonly want: string
  readonly token: NearToken
  readonly answer: Promise<T>
  #resolve: (value: T) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(entity: string, want: string, token: NearToken) {
    this.entity = entity
    this.want = want
    this.token = token
    this.answer = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  settle(value: T): void {
    this.#resolve(value)
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}
