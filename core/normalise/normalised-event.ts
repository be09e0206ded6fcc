import type { Event } from '../events/event.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'

/**
 * The event with the normal forms that were found when it was accepted in place of what was sent: what profiles,
 * orders and products are made from. The same on every replay, whatever the rules are by then.
 */
export function normalisedEvent<E extends Pick<Event, 'body' | 'meta'>>(event: E): E {
  const normalised = event.meta?.normalised
  if (normalised === undefined) return event
  let body: JsonValue = event.body
  for (const [path, value] of Object.entries(normalised)) body = withValue(body, path.split('.'), value)
  return isJsonObject(body) ? { ...event, body } : event
}

/** A copy with that value at the path; unchanged where the path leads nowhere. */
function withValue(parent: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(parent)) {
    return parent.map((item, i) => (String(i) === name ? withValue(item, rest, value) : item))
  }
  if (!isJsonObject(parent) || !Object.hasOwn(parent, name)) return parent
  return copyWith(parent, name, withValue(parent[name] ?? null, rest, value))
}

function copyWith(parent: JsonObject, name: string, value: JsonValue): JsonObject {
  return { ...parent, [name]: value }
}
