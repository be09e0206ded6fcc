import { EventEmitter } from 'node:events'
import type { RedisClient } from './client.ts'

/** Redis's publish and subscribe: at most once, to whoever listens at that moment. */
export interface Channels {
  /** What cannot be sent now is dropped. */
  publish(channel: string, message: string): void
  subscribe(channel: string, onMessage: (message: string) => void): Disposable
}

/** `subscriber` is used for nothing else, and connects with the first subscription. */
export function createChannels(client: RedisClient, subscriber: RedisClient): Channels {
  const emitter = new EventEmitter().setMaxListeners(0)
  subscriber.on('message', (channel: string, message: string) => emitter.emit(channel, message))
  // After each connection: a subscription that was asked for without one has failed.
  subscriber.on('ready', () => {
    const wanted = emitter.eventNames().map(String)
    if (wanted.length > 0) subscriber.subscribe(...wanted).catch(() => undefined)
  })

  return {
    publish(channel, message) {
      if (client.status === 'ready') client.publish(channel, message).catch(() => undefined)
    },
    subscribe(channel, onMessage) {
      const isNew = emitter.listenerCount(channel) === 0
      emitter.on(channel, onMessage)
      if (subscriber.status === 'wait') subscriber.connect().catch(() => undefined)
      else if (isNew && subscriber.status === 'ready') subscriber.subscribe(channel).catch(() => undefined)
      return {
        [Symbol.dispose]() {
          emitter.off(channel, onMessage)
          const isLast = emitter.listenerCount(channel) === 0
          if (isLast && subscriber.status === 'ready') subscriber.unsubscribe(channel).catch(() => undefined)
        },
      }
    },
  }
}
