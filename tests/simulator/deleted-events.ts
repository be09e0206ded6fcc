import type { EventKey } from '../../core/events/event.ts'
import type { AppendResult, EventStore, Storage, StoredEvent } from '../../storage/ports.ts'

/**
 * The store, which notes in `deleted` what is deleted from its log. An event that is sent again after that would be new,
 * as it has to be where nothing is left of it; here it is known, so that each event can be told to count once.
 */
export function rememberDeleted(storage: Storage, deleted: Map<EventKey, StoredEvent>): Storage {
  const { events } = storage
  const append: EventStore['append'] = async (given) => {
    const fresh = given.filter(({ key }) => !deleted.has(key))
    const results = (await events.append(fresh)).values()
    return given.map(({ key, bodyHash }): AppendResult => {
      const gone = deleted.get(key)
      if (gone) return gone.bodyHash === bodyHash ? 'duplicate' : 'conflict'
      return results.next().value ?? 'stored'
    })
  }
  const deleteFolded: EventStore['deleteFolded'] = async (keys) => {
    const before = await events.get(keys)
    await events.deleteFolded(keys)
    const left = new Set((await events.get(keys)).map(({ key }) => key))
    for (const event of before) if (!left.has(event.key)) deleted.set(event.key, event)
  }
  const remembering: EventStore = new Proxy(events, {
    get: (target, name) => {
      if (name === 'append') return append
      return name === 'deleteFolded' ? deleteFolded : (Reflect.get(target, name) as unknown)
    },
  })
  return { ...storage, events: remembering }
}
