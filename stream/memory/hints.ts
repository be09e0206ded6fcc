import { EventEmitter } from 'node:events'
import type { Hints } from '../ports.ts'

/** Hints within one process. */
export function createMemoryHints(): Hints {
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    send: (topic) => setImmediate(() => emitter.emit(topic)),
    subscribe(topic, onHint) {
      emitter.on(topic, onHint)
      return { [Symbol.dispose]: () => emitter.off(topic, onHint) }
    },
  }
}
