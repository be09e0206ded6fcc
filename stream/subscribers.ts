import type { Change, Position } from './ports.ts'
import { Subscriber, type SubscriberOptions } from './subscriber.ts'

/** All subscribers of a feed in this process, found by what they follow. */
export class Subscribers {
  readonly #byTopic = new Map<string, Set<Subscriber>>()

  get size(): number {
    let size = 0
    for (const set of this.#byTopic.values()) size += set.size
    return size
  }

  add(options: SubscriberOptions): Subscriber {
    const topic = topicOf(options.entity, options.id)
    const subscriber = new Subscriber(options, () => this.#remove(topic, subscriber))
    const set = this.#byTopic.get(topic) ?? new Set()
    this.#byTopic.set(topic, set.add(subscriber))
    return subscriber
  }

  change(change: Change, partition: number, position: Position): void {
    for (const topic of [topicOf(), topicOf(change.entity), topicOf(change.entity, change.id)]) {
      for (const subscriber of this.#byTopic.get(topic) ?? []) {
        subscriber.push({ kind: 'change', change, partition, position })
      }
    }
  }

  gap(partition: number, position: Position): void {
    for (const subscriber of this.#of(partition)) subscriber.push({ kind: 'gap', partition, position })
  }

  attached(partition: number, position: Position): void {
    for (const subscriber of this.#of(partition)) {
      subscriber.pushLiveness({ kind: 'attached', partition, position })
    }
  }

  liveness(kind: 'lost' | 'back'): void {
    for (const set of this.#byTopic.values()) for (const subscriber of set) subscriber.pushLiveness({ kind })
  }

  end(): void {
    for (const set of this.#byTopic.values()) for (const subscriber of set) subscriber.end()
  }

  *#of(partition: number): Iterable<Subscriber> {
    for (const set of this.#byTopic.values()) {
      for (const subscriber of set) {
        if (subscriber.partition === null || subscriber.partition === partition) yield subscriber
      }
    }
  }

  #remove(topic: string, subscriber: Subscriber): void {
    const set = this.#byTopic.get(topic)
    set?.delete(subscriber)
    if (set?.size === 0) this.#byTopic.delete(topic)
  }
}

function topicOf(entity?: Change['entity'], id?: string): string {
  if (entity === undefined) return ''
  return id === undefined ? entity : `${entity} ${id}`
}
