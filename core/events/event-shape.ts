import { MonogramError } from '../errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { given } from './given.ts'

export const MAX_DEPTH = 20
/** Of one object. An order of many lines has more in all; `maxBytes` bounds those. */
export const MAX_KEYS = 1_000

/**
 * Checks everything below an object in one walk: that it is JSON, no deeper than MAX_DEPTH (the walk goes no deeper
 * either, so hostile nesting cannot exhaust the stack), with at most MAX_KEYS keys an object and none that reaches a
 * prototype. Returns a lower bound of its size as JSON, in bytes.
 * @throws MonogramError EVENT_TOO_DEEP, EVENT_KEY_FORBIDDEN, EVENT_FIELD_INVALID
 */
export function checkShape(object: JsonObject): number {
  return checkObject(object, 1)
}

/**
 * The same value with U+FFFD for each NUL and each half of a surrogate pair, which no store keeps faithfully. Such
 * text is a title cut in the middle of an emoji or a padded field; the event is worth more than that character.
 */
export function makeStorable(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key.replace(UNSTORABLE, '\ufffd'), storableValue(value)]),
  )
}

/** Whether `makeStorable` may have something to do, seen from the text that JSON.stringify gives such characters. */
export function mayBeUnstorable(json: string): boolean {
  return json.includes('\\u0000') || json.includes('\\ud')
}

const UNSTORABLE = /[\0\p{Cs}]/gu

function storableValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replace(UNSTORABLE, '\ufffd')
  if (Array.isArray(value)) return value.map(storableValue)
  return isJsonObject(value) ? makeStorable(value) : value
}

function checkValue(value: unknown, key: string, depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2
    case 'number':
      if (Number.isFinite(value)) return 1
      break
    case 'boolean':
      return 4
    case 'object':
      if (value === null) return 4
      if (Array.isArray(value)) return checkList(value, key, depth)
      if (isPlain(value)) return checkObject(value, depth)
      throw notJson(key, 'an instance of a class')
  }
  throw notJson(key, given(value))
}

/** An instance of a class (a Date, a Map) is not what came off a wire; it has no form that could be kept. */
function isPlain(object: object): object is Members {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

type Members = Readonly<Record<string, unknown>>

function notJson(key: string, sort: string): MonogramError {
  return new MonogramError('EVENT_FIELD_INVALID', `${given(key)}: expected a JSON value, got ${sort}`)
}

function checkList(list: readonly unknown[], key: string, depth: number): number {
  checkDepth(depth)
  let bytes = 2
  for (const item of list) bytes += 1 + checkValue(item, key, depth + 1)
  return bytes
}

function checkObject(object: Members, depth: number): number {
  checkDepth(depth)
  const keys = Object.keys(object)
  if (keys.length > MAX_KEYS) {
    throw new MonogramError(
      'EVENT_TOO_DEEP',
      `expected at most ${MAX_KEYS} keys in an object, got ${keys.length}`,
    )
  }
  let bytes = 2
  for (const key of keys) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      throw new MonogramError('EVENT_KEY_FORBIDDEN', `the key "${key}" is not accepted; rename it`)
    }
    bytes += key.length + 3 + checkValue(object[key], key, depth + 1)
  }
  return bytes
}

function checkDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return
  throw new MonogramError('EVENT_TOO_DEEP', `expected at most ${MAX_DEPTH} levels of nesting`)
}
