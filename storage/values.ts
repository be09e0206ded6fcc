/*
 * The values that every store keeps and gives back unchanged: text, integers, flags, JSON. Everything is checked here,
 * on the caller's side, so that a value that cannot be kept is a TypeError before anything has happened.
 */

export function text(value: string, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`${what}: expected text, got ${String(value)}`)
  assertText(value, what)
  return value
}

export function integer(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${what}: expected an integer, got ${String(value)}`)
  // -0 is 0 to SQLite and to JSON, and a value of its own to MongoDB.
  return value === 0 ? 0 : value
}

export function flag(value: boolean, what: string): 0 | 1 {
  if (typeof value !== 'boolean') throw new TypeError(`${what}: expected true or false, got ${String(value)}`)
  return value ? 1 : 0
}

/** JSON text that reads back as the same value, -0 as 0: what JSON.stringify would drop or replace is a TypeError. */
export function json(value: unknown, what: string): string {
  assertJson(value, what)
  return JSON.stringify(value)
}

/** Whether a store and JSON give this text back unchanged. */
export function isText(text: string): boolean {
  return !text.includes('\0') && (text as UnicodeText).isWellFormed()
}

/** TypeError unless a store and JSON give this text back unchanged. */
export function assertText(text: string, what: string): void {
  if (text.includes('\0')) throw new TypeError(`${what}: text with a NUL character cannot be stored`)
  if (!(text as UnicodeText).isWellFormed()) {
    throw new TypeError(`${what}: text with half of a surrogate pair cannot be stored`)
  }
}

/** Node has it from version 20 on; the ES2023 types do not know it yet. */
type UnicodeText = string & { isWellFormed(): boolean }

function assertJson(value: unknown, what: string): void {
  if (typeof value === 'string') return assertText(value, what)
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'boolean' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) assertJson(item, what)
    return
  }
  if (!isPlainObject(value)) throw new TypeError(`${what}: ${describe(value)} cannot be stored`)
  for (const key of Object.keys(value)) {
    assertText(key, what)
    assertJson(value[key], key)
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** `NaN`, `undefined`, `a Date`. */
function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' ? `a ${value?.constructor.name ?? 'null'}` : typeof value
}
