/** JSON as it comes off the wire once it has been parsed. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject
export type JsonArray = JsonValue[]
export interface JsonObject {
  [key: string]: JsonValue
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * JSON with the keys of every object in code-unit order and no white space: the same value always gives the
 * same text, whatever order its keys were sent in. Recursive: for values whose depth has been checked.
 */
export function canonicalJson(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
  }
  if (value === null) return 'null'
  return Array.isArray(value) ? arrayText(value) : objectText(value)
}

/** Whether two JSON values have the same canonical text, without writing it. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => sameJson(item, b[index]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}

function arrayText(items: JsonArray): string {
  let text = ''
  for (const item of items) text += (text === '' ? '[' : ',') + canonicalJson(item)
  return text === '' ? '[]' : text + ']'
}

function objectText(object: JsonObject): string {
  let text = ''
  for (const key of sortInPlace(Object.keys(object))) {
    text += (text === '' ? '{' : ',') + quote(key) + ':' + canonicalJson(object[key] ?? null)
  }
  return text === '' ? '{}' : text + '}'
}

/** Anything but printable ASCII without quote and backslash; such text is its own JSON between quotes. */
const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : '"' + text + '"'
}

/** Most objects have a handful of keys, for which insertion is several times faster than `sort()`. */
function sortInPlace(keys: string[]): string[] {
  if (keys.length > 16) return keys.sort()
  let end = 0
  for (const key of keys) {
    let at = end++
    for (let before = keys[at - 1]; before !== undefined && before > key; before = keys[at - 1]) {
      keys[at--] = before
    }
    keys[at] = key
  }
  return keys
}
