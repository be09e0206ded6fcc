import type { Hints } from '../ports.ts'
import type { Channels } from './channels.ts'
import { hintChannel } from './keys.ts'

export function createRedisHints(channels: Channels): Hints {
  const sending = new Set<string>()
  return {
    send(topic) {
      if (sending.has(topic)) return
      // One for everything that is told in this turn of the event loop.
      sending.add(topic)
      setImmediate(() => {
        sending.delete(topic)
        channels.publish(hintChannel(topic), '')
      })
    },
    subscribe: (topic, onHint) => channels.subscribe(hintChannel(topic), onHint),
  }
}
